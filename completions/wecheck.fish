# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_wecheck_global_optspecs
    string join \n config= p/profile= json color= lang= offline q/quiet v/verbose h/help V/version
end

function __fish_wecheck_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_wecheck_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_wecheck_using_subcommand
    set -l cmd (__fish_wecheck_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c wecheck -n "__fish_wecheck_needs_command" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_needs_command" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_needs_command" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_needs_command" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_needs_command" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_needs_command" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_needs_command" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_needs_command" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "sign" -d 'Sign a page\'s url, or a card\'s values'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "verify" -d 'The flags'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "page" -d 'Open a page as the clients of WeChat do, and say whether they would accept it'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "token" -d 'Print the access token, cached or fetched'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "ticket" -d 'Print a ticket, cached or fetched'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "errcode" -d 'Explain, search and list error codes, or count them in a log'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "faq" -d 'Show troubleshooting topics'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "ua" -d 'Say which client sent a user agent'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "domain-check" -d 'Say whether a page\'s domain may be used, and with --probe whether the host serves it well'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "callback" -d 'Check, open and build what WeChat sends to your server'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "doctor" -d 'Walk the FAQ by itself, and say what to do first'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "serve" -d 'Open the checker page, and sign for pages under development'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "mcp" -d 'Answer an assistant: a Model Context Protocol server on stdin and stdout'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "config" -d 'Make, find, show and check the config file'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "cache" -d 'See, clear and fill the token cache'
complete -c wecheck -n "__fish_wecheck_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l kind -d 'What is signed' -r -f -a "jsapi\t'`wx.config` and `ww.register`, both platforms'
agent\t'`wx.agentConfig`, work: the same string with the `agent_config` ticket'
card\t'`wx.chooseCard`: cardSign'
card-ext\t'`wx.addCard`: the signature inside cardExt'
invoice\t'`chooseInvoice`: cardSign with card_type `INVOICE`'
group\t'The old 企业号 `openEnterpriseContact`, with `group_ticket`'"
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l ticket -d 'jsapi_ticket; for --kind agent the agent_config ticket, for cards the api_ticket, for group the group_ticket' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l nonce -d 'noncestr (nonce_str for cards)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l timestamp -d 'timestamp, in seconds' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l app-id -d 'appid, on work the corpid' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l agent-id -d 'agentid (work)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l group-id -d 'group_id (--kind group)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l card-id -d 'card_id (cards)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l card-type -d 'card_type (--kind card)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l location-id -d 'location_id (--kind card)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l code -d 'code (--kind card-ext)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l openid -d 'openid (--kind card-ext)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l balance -d 'balance (--kind card-ext)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l platform -d 'The platform, where no profile says it' -r -f -a "mp\t'公众号, Official Account'
work\t'企业微信, WeCom; the old 企业号 too'"
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l api -d 'jsApiList, else the profile\'s' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l emit -d 'Print it ready to use' -r -f -a "payload\t'The JSON of --json'
js\t'The call of the client library'
html\t'A whole page that shows wx.ready and wx.error'
env\t'WX_APP_ID=… lines for readers that take values literally: GitHub\'s env file, docker, dotenv'
sh\t'The same lines, quoted for a shell'"
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l sdk -d 'The client library that --emit js and html call' -r -f -a "wx\t'jweixin: wx.config'
wecom\t'@wecom/jssdk: ww.register'"
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l outer-str -d 'outer_str of a cardExt; it is sent, not signed' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l batch -d 'Sign every line of a JSON Lines file (- for stdin)' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l debug -d 'debug: true in the code that --emit prints'
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l explain -d 'Show the values in the order hashed, and string1'
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -l reveal -d 'Show a cached ticket in string1 too'
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand sign" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l url -d 'The url that was signed' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l signature -d 'The signature to check' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l kind -d 'What was signed [default: as the file shows, else jsapi]' -r -f -a "jsapi\t'`wx.config` and `ww.register`, both platforms'
agent\t'`wx.agentConfig`, work: the same string with the `agent_config` ticket'
card\t'`wx.chooseCard`: cardSign'
card-ext\t'`wx.addCard`: the signature inside cardExt'
invoice\t'`chooseInvoice`: cardSign with card_type `INVOICE`'
group\t'The old 企业号 `openEnterpriseContact`, with `group_ticket`'"
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l ticket -d 'jsapi_ticket; for --kind agent the agent_config ticket, for cards the api_ticket, for group the group_ticket' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l nonce -d 'noncestr (nonce_str for cards)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l timestamp -d 'timestamp, in seconds' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l app-id -d 'appid, on work the corpid' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l agent-id -d 'agentid (work)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l group-id -d 'group_id (--kind group)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l card-id -d 'card_id (cards)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l card-type -d 'card_type (--kind card)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l location-id -d 'location_id (--kind card)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l code -d 'code (--kind card-ext)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l openid -d 'openid (--kind card-ext)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l balance -d 'balance (--kind card-ext)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l platform -d 'The platform, where no profile says it' -r -f -a "mp\t'公众号, Official Account'
work\t'企业微信, WeCom; the old 企业号 too'"
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l page-url -d 'The address the phone really had (location.href)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l from -d 'Find the values in a file (- for stdin): code, JSON, string1, HAR, log, devtools text' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l other-ticket -d 'Another ticket or token that may have been signed instead (repeatable)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l deep -d 'Search this long for the mistakes, and for four at once [default: 1 second, three]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l endpoint -d 'Ask your own signing API for --page-url, as the page would, and check its answer' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l endpoint-method -d 'How the page asks' -r -f -a "get\t'In the query'
post\t'In a form, or in JSON with --endpoint-header \'Content-Type: application/json\''"
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l endpoint-param -d 'The parameter that takes the page\'s address' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l endpoint-header -d 'A header that the API needs: \'Name: value\' (repeatable)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l ca-file -d 'Trust the authorities of this PEM file' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l reveal -d 'Show a cached ticket in string1 too'
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -l endpoint-suite -d 'Ask for the addresses that break signing code, on the host of --page-url'
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand verify" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l as -d 'The client to open it as [default: the clients of the profile\'s platform]' -r -f -a "android\t'WeChat on Android'
ios\t'WeChat on iOS'
wecom\t'WeCom'
all\t'All clients of the profile\'s platform; of both without one'"
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l go -d 'Then change the route to PATH, without a page load (repeatable, in order)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l click -d 'Then click the first element of a CSS selector (repeatable, in order)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l wait -d 'Wait at least so long for the page to settle' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l resolve -d 'Connect to ADDR for HOST:PORT, as curl --resolve (repeatable)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l ca-file -d 'Trust the authorities of this PEM file for the page\'s servers' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l browser -d 'The browser: Chromium, Chrome or Edge [default: CHROME_PATH, else the first that is found]' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l screenshot -d 'Save a picture of the page as it is at the end' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l ticket -d 'The ticket that the server signs with [default: the profile\'s]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -l shared -d 'Open it as a link that was shared in a chat: with the parameters that sharing adds'
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand page" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -l if-current -d 'Fetch a new one only if the stored one has this fingerprint (of --json)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -l refresh -d 'Fetch a new one, also when the stored one is still valid'
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand token" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -l kind -d 'What it signs; card and invoice are one ticket' -r -f -a "jsapi\t'`wx.config` and `ww.register`, both platforms'
agent\t'`wx.agentConfig`, work: the same string with the `agent_config` ticket'
card\t'`wx.chooseCard`: cardSign'
card-ext\t'`wx.addCard`: the signature inside cardExt'
invoice\t'`chooseInvoice`: cardSign with card_type `INVOICE`'
group\t'The old 企业号 `openEnterpriseContact`, with `group_ticket`'"
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -l refresh -d 'Fetch a new one, also when the stored one is still valid'
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand ticket" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -f -a "explain" -d 'Explain a code, a server\'s answer or a client\'s message'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -f -a "search" -d 'Find codes by words: Chinese or English, part of a label, a parameter\'s name'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -f -a "list" -d 'List every code with its short name'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and not __fish_seen_subcommand_from explain search list scan" -f -a "scan" -d 'Count the codes in a log'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -l platform -d 'The platform the code is of [default: the profile\'s, else both]' -r -f -a "mp\t'公众号, Official Account'
work\t'企业微信, WeCom; the old 企业号 too'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -l from -d 'The page\'s code: says whether the API of the message is in its jsApiList' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from explain" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -l platform -d 'Only this platform' -r -f -a "mp\t'公众号, Official Account'
work\t'企业微信, WeCom; the old 企业号 too'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from search" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -l platform -d 'Only this platform' -r -f -a "mp\t'公众号, Official Account'
work\t'企业微信, WeCom; the old 企业号 too'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -l fail-on -d 'Answer no (exit 1) when one of these codes is there' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -l platform -d 'The platform the codes are of [default: the profile\'s, else the one that has the code]' -r -f -a "mp\t'公众号, Official Account'
work\t'企业微信, WeCom; the old 企业号 too'"
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand errcode; and __fish_seen_subcommand_from scan" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -l platform -d 'Only topics of this platform' -r -f -a "mp\t'公众号, Official Account'
work\t'企业微信, WeCom; the old 企业号 too'"
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand faq" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand ua" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand ua" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand ua" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand ua" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand ua" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand ua" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand ua" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand ua" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand ua" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand ua" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l platform -d 'Whose rules apply [default: the profile\'s, else both]' -r -f -a "mp\t'公众号, Official Account'
work\t'企业微信, WeCom; the old 企业号 too'"
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l purpose -d 'What the address is used for' -r -f -a "jsapi\t'The page calls `wx.config`'
agent\t'The page calls `wx.agentConfig` (work)'
oauth\t'The address is a `redirect_uri`'
menu\t'The address is a menu button\'s url'
share\t'The address is the `link` given to a share call'"
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l trusted -d 'An entry of the admin console for this purpose, exactly as it is there (repeatable)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l verify-file -d 'The verification file\'s name: MP_verify_….txt or WW_verify_….txt' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l write -d 'Write the verification file into this folder' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l ca-file -d 'Trust these PEM certificates instead of the built-in and the system\'s roots, as curl --cacert' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l resolve -d 'Connect to ADDR for HOST:PORT, as curl --resolve (repeatable)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l sandbox -d 'The account is a test account (测试号): IP addresses, ports and localhost are fine'
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l probe -d 'Ask the network too: DNS, TLS, redirects, the verification file, latency'
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -l strict -d 'Exit 1 also if the answer is unknown [default where CI is set]'
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand domain-check" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -f -a "verify" -d 'Say whether a callback is signed with your token, and if not, which mistake was made'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -f -a "decrypt" -d 'Decrypt what is encrypted in a callback'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -f -a "encrypt" -d 'Build a callback as WeChat would send it to your server'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -f -a "echo" -d 'Answer a URL verification: print what the server has to send back'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -f -a "probe" -d 'Call your endpoint as WeChat would, and say what is wrong with its answers'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -f -a "send" -d 'Send a sample message or event to your endpoint, and judge its answer'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -f -a "listen" -d 'Answer callbacks yourself, or pass them to your app, and see what comes'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -f -a "history" -d 'List the requests that `callback listen` kept, or show one'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and not __fish_seen_subcommand_from verify decrypt encrypt echo probe send listen history replay" -f -a "replay" -d 'Send kept requests again, as they came or signed for the present time'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l timestamp -d 'The query\'s timestamp' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l nonce -d 'The query\'s nonce' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l signature -d 'The query\'s signature, or msg_signature if something is encrypted' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l encrypt -d 'The Encrypt value of the body' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l echostr -d 'The echostr of a URL verification, also percent-encoded as in a log' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l body -d 'The body, XML or JSON (`-` is stdin)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l request -d 'A whole logged request: request line, URL, access-log line or a framework\'s dump (`-` is stdin)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l receive-id -d 'The receive id that the message has to have, instead of the profile\'s appid: a suite id, another corpid' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from verify" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l timestamp -d 'The query\'s timestamp' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l nonce -d 'The query\'s nonce' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l signature -d 'The query\'s signature, or msg_signature if something is encrypted' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l encrypt -d 'The Encrypt value of the body' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l echostr -d 'The echostr of a URL verification, also percent-encoded as in a log' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l body -d 'The body, XML or JSON (`-` is stdin)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l request -d 'A whole logged request: request line, URL, access-log line or a framework\'s dump (`-` is stdin)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l receive-id -d 'The receive id that the message has to have, instead of the profile\'s appid: a suite id, another corpid' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from decrypt" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l body -d 'The message in a file (`-` is stdin)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l receive-id -d 'The receive id: appid, corpid or suite id [default: the profile\'s appid]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l format -d 'How the body is written' -r -f -a "xml\t''
json\t''"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l timestamp -d 'Seconds since 1970 [default: now]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l nonce -d 'A nonce [default: ten random digits]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l as -d 'Print the command that sends it: a message (POST), or TEXT as a URL verification (GET)' -r -f -a "curl\t''
curl-echo\t''"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l url -d 'The address of your server' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from encrypt" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l timestamp -d 'The query\'s timestamp' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l nonce -d 'The query\'s nonce' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l signature -d 'The query\'s signature, or msg_signature if something is encrypted' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l encrypt -d 'The Encrypt value of the body' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l echostr -d 'The echostr of a URL verification, also percent-encoded as in a log' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l body -d 'The body, XML or JSON (`-` is stdin)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l request -d 'A whole logged request: request line, URL, access-log line or a framework\'s dump (`-` is stdin)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l receive-id -d 'The receive id that the message has to have, instead of the profile\'s appid: a suite id, another corpid' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from echo" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l kind -d 'mp, mp-encrypted, work, bot, suite-command, suite-data or component [default: what the profile shows]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l receive-id -d 'The receive id, instead of the profile\'s' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l api-listen -d 'Where a stand-in of the API waits for the follow-up call of the release check' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l get-only -d 'The verification alone; no message is sent'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l yes -d 'Do not ask before an address off this machine is called'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l release-check -d 'Play the release check of a third-party platform'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from probe" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l to -d 'The address of your endpoint' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l kind -d 'mp, mp-encrypted, work, bot, suite-command, suite-data or component [default: what the profile shows]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l receive-id -d 'The receive id, instead of the profile\'s' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l set -d 'Change a value, such as ScanCodeInfo.ScanResult=https://example.com (repeatable)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l from-user -d 'FromUserName of the message' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l to-user -d 'ToUserName of the message' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l count -d 'Send it so many times' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l concurrency -d 'So many at a time, up to 64' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l print -d 'Print the command that sends it instead of sending' -r -f -a "curl\t''"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l list -d 'List the samples, all or those of --kind'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l plain -d 'Send it in clear, whatever the kind'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l same-id -d 'The same message each time, as WeChat repeats one that was not answered'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l yes -d 'Do not ask before an address off this machine is called'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from send" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -l kind -d 'mp, mp-encrypted, work, bot, suite-command, suite-data or component [default: what the profile shows]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -l receive-id -d 'The receive id, instead of the profile\'s' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -l listen -d 'Address and port; port 0 takes a free one' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -l forward -d 'Pass requests to your app unchanged, and judge its answers' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from listen" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from history" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from history" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from history" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from history" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from history" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from history" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from history" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from history" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from history" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -l to -d 'The address of your endpoint' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -l kind -d 'mp, mp-encrypted, work, bot, suite-command, suite-data or component [default: as it was kept]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -l receive-id -d 'The receive id, instead of the profile\'s' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -l resign -d 'Sign again with the present time; without it every byte is as it came'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -l yes -d 'Do not ask before an address off this machine is called'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand callback; and __fish_seen_subcommand_from replay" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -l page-url -d 'A page of yours: its domain, its server, and how clients take it' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -l endpoint -d 'Your signing API, asked for --page-url' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -l callback-url -d 'Your callback' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -l browser -d 'The browser for the page [default: CHROME_PATH, else the first that is found]' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand doctor" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l listen -d 'Address and port [default: 127.0.0.1:8787, or the next free port]; port 0 takes a free one' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l allow-host -d 'Answer to this host name too (repeatable)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l allow-origin -d 'Let pages of this origin call it, such as http://localhost:5173 (repeatable)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l allow-page -d 'Sign for pages of this domain too, besides the profile\'s trusted_domains (repeatable)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l open -d 'Open the page in the browser'
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -l share -d 'Hand out tokens and tickets to programs that have the key'
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand serve" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand mcp" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand mcp" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand mcp" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand mcp" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand mcp" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand mcp" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand mcp" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand mcp" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand mcp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand mcp" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -f -a "init" -d 'Write a profile: asks on a terminal, takes flags otherwise'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -f -a "path" -d 'Print where the config file is'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -f -a "show" -d 'Show what is set, and where each secret comes from'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and not __fish_seen_subcommand_from init path show check" -f -a "check" -d 'Check ids, secrets, domains and API names'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l name -d 'The profile\'s name' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l platform -d 'The platform' -r -f -a "mp\t'公众号, Official Account'
work\t'企业微信, WeCom; the old 企业号 too'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l app-id -d 'appid, on work the corpid' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l agent-id -d 'agentid (work)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l secret-env -d 'The variable that will hold the secret' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l secret-file -d 'The file that holds the secret' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l trusted -d 'A trusted domain (repeatable)' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l api -d 'The APIs of jsApiList' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from init" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from path" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from path" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from path" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from path" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from path" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from path" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from show" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from show" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from show" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -l strict -d 'Exit 1 when anything is odd'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand config; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -f -a "list" -d 'What is stored for which profile, its age and time left; never a value'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -f -a "clear" -d 'Remove what is stored for the profile'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -f -a "path" -d 'Where the cache is'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and not __fish_seen_subcommand_from list clear path import" -f -a "import" -d 'Take over the token and tickets that an SDK in production holds in its Redis'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from list" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from list" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from list" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from list" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from list" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -l kind -d 'Only this kind: token or a ticket\'s' -r -f -a "token\t'The access token'
jsapi\t'The ticket of wx.config'
agent\t'The ticket of wx.agentConfig, work'
card\t'The api_ticket of cards and invoices: one ticket'
group\t'The group_ticket of the old 企业号'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -l all -d 'Of every profile'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from clear" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from path" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from path" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from path" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from path" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from path" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from path" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from path" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from path" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -l from -d 'The SDK whose keys are read' -r -f -a "wxjava\t'WxJava (Java)'
wechatpy\t'wechatpy (Python)'
silenceper\t'silenceper/wechat (Go)'
easywechat\t'EasyWeChat 4 to 6 (PHP)'
powerwechat\t'PowerWeChat (Go)'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -l redis -d 'Its Redis, without a password (that comes from REDISCLI_AUTH, or the cache\'s own url for the same host) [default: the cache\'s own]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -l prefix -d 'What comes before the SDK\'s key names [default: wx for wxjava mp, else nothing]' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand cache; and __fish_seen_subcommand_from import" -s V -l version -d 'Print version'
complete -c wecheck -n "__fish_wecheck_using_subcommand completions" -l config -d 'Read this config file instead of the platform\'s own' -r -F
complete -c wecheck -n "__fish_wecheck_using_subcommand completions" -s p -l profile -d 'Use this profile of the config file' -r
complete -c wecheck -n "__fish_wecheck_using_subcommand completions" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c wecheck -n "__fish_wecheck_using_subcommand completions" -l lang -d 'Language of explanations' -r -f -a "zh\t'Chinese'
en\t'English'"
complete -c wecheck -n "__fish_wecheck_using_subcommand completions" -l json -d 'Print one JSON document, errors included'
complete -c wecheck -n "__fish_wecheck_using_subcommand completions" -l offline -d 'Send nothing over the network'
complete -c wecheck -n "__fish_wecheck_using_subcommand completions" -s q -l quiet -d 'No notes on stderr, only errors'
complete -c wecheck -n "__fish_wecheck_using_subcommand completions" -s v -l verbose -d 'Say what is being done (-vv: more)'
complete -c wecheck -n "__fish_wecheck_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c wecheck -n "__fish_wecheck_using_subcommand completions" -s V -l version -d 'Print version'
