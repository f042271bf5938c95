//! Faults before the content counts: the connection, the status, the kind of page that answers.

use super::{Fault, fault};

/// Nothing listens there.
pub static CONNECTION_REFUSED: Fault = fault(
    "callback-refused",
    ["连接被拒绝", "The connection was refused"],
    [
        "{host} 的端口 {port} 上没有程序在监听：服务没有启动、端口不对，或者只监听在容器里",
        "nothing listens on port {port} of {host}: the server is not running, has another port, or listens inside a container only",
    ],
    [
        "启动服务，并核对端口；在容器里要监听 0.0.0.0 并映射端口",
        "start the server and check its port; in a container listen on 0.0.0.0 and publish the port",
    ],
);
/// The name has no address.
pub static CONNECTION_NAME: Fault = fault(
    "callback-host-unknown",
    ["域名解析不到地址", "The host name has no address"],
    ["{host} 解析失败：{why}", "{host} cannot be resolved: {why}"],
    [
        "检查域名的拼写和解析记录；内网穿透的临时域名会过期",
        "check the spelling and the DNS record; temporary tunnel names expire",
    ],
);
/// No connection for another reason.
pub static CONNECTION_FAILED: Fault = fault(
    "callback-unreachable",
    ["连接不上", "The server cannot be reached"],
    ["连接 {host}:{port} 失败：{why}", "connecting to {host}:{port} failed: {why}"],
    ["检查防火墙、安全组和端口映射", "check firewall, security group and port forwarding"],
);
/// TLS could not be agreed, or the certificate is not trusted.
pub static CONNECTION_TLS: Fault = fault(
    "callback-tls",
    ["TLS 握手失败", "The TLS handshake failed"],
    [
        "与 {host} 的 TLS 握手失败：{why}；微信不会请求证书不受信任、缺中间证书或名称不符的地址",
        "the TLS handshake with {host} failed: {why}; WeChat does not call an address whose certificate is untrusted, lacks its intermediate or has another name",
    ],
    [
        "换成完整的证书链；细节看：wecheck domain-check URL --probe",
        "install the full certificate chain; for details: wecheck domain-check URL --probe",
    ],
);
/// Connected, then closed without a byte.
pub static CLOSED: Fault = fault(
    "callback-closed",
    ["没有应答就断开了", "The connection was closed without an answer"],
    [
        "服务器收下请求后没有写任何字节就断开：进程崩溃了，或者前面的代理拒绝了它",
        "the server took the request and closed the connection without a byte: it crashed, or a proxy in front refused it",
    ],
    [
        "看这一刻的服务日志；确认这个端口说的是 HTTP",
        "look at the server's log of this moment; make sure that this port speaks HTTP",
    ],
);
/// No answer in time.
pub static TIMEOUT: Fault = fault(
    "answer-timeout",
    ["没有在时限内应答", "No answer within the limit"],
    [
        "{elapsed} 毫秒内没有完整的应答；微信到 {limit} 毫秒就断开并重试",
        "there was no complete answer within {elapsed} ms; WeChat cuts the connection after {limit} ms and tries again",
    ],
    [
        "先回复 success 或空串，耗时的工作放进队列，结果用接口主动发送；看是否有断点、死锁或对外请求卡住",
        "answer first (`success` or empty), put slow work into a queue and send the result by API; look for a breakpoint, a deadlock or a hanging outgoing request",
    ],
);
/// Too slow.
pub static SLOW: Fault = fault(
    "answer-slow",
    ["应答太慢", "The answer is slower than the limit"],
    [
        "应答用了 {elapsed} 毫秒，微信只等 {limit} 毫秒",
        "the answer took {elapsed} ms; WeChat waits {limit} ms",
    ],
    [
        "先应答，再做耗时的工作（查库、调用大模型、调用接口）；冷启动的云函数要预热",
        "answer before slow work (database, language model, other APIs); keep a serverless function warm",
    ],
);
/// Not HTTP.
pub static NOT_HTTP: Fault = fault(
    "answer-not-http",
    ["应答不是 HTTP", "The answer is not HTTP"],
    [
        "端口 {port} 上应答的不是 HTTP，开头是 `{start}`",
        "what answers on port {port} is not HTTP; it starts with `{start}`",
    ],
    [
        "核对端口：数据库、RPC、SSH 的端口不能做回调",
        "check the port: that of a database, RPC or SSH cannot receive callbacks",
    ],
);
/// TLS expected.
pub static HTTPS_PORT: Fault = fault(
    "answer-https-port",
    ["向 HTTPS 端口发了明文 HTTP", "Plain HTTP was sent to an HTTPS port"],
    [
        "端口 {port} 要的是 TLS，地址却以 http:// 开头",
        "port {port} expects TLS, but the address starts with http://",
    ],
    ["把地址改成 https://", "change the address to https://"],
);
/// A body without end.
pub static NEVER_ENDS: Fault = fault(
    "answer-never-ends",
    ["应答没有结束", "The answer never ends"],
    [
        "响应头说了 {framing}，但正文没有结束：连接一直开着，微信会等到超时",
        "the head announces {framing}, but the body does not end: the connection stays open until WeChat gives up",
    ],
    [
        "写完就结束响应（res.end、return、关闭 writer），不要用流式或 SSE；代理的 Content-Length 要与正文一致",
        "end the response after writing (res.end, return, close the writer), without streaming or SSE; Content-Length has to match the body",
    ],
);
/// A body cut short.
pub static CUT: Fault = fault(
    "answer-cut",
    ["应答不完整", "The answer is cut short"],
    [
        "响应头说了 {framing}，连接在 {bytes} 字节后就断开了",
        "the head announces {framing}, but the connection closed after {bytes} bytes",
    ],
    [
        "Content-Length 要按字节而不是字符计算；看进程是否中途退出",
        "Content-Length counts bytes, not characters; check whether the process ends halfway",
    ],
);
/// Too many bytes.
pub static TOO_LARGE: Fault = fault(
    "answer-too-large",
    ["应答太大", "The answer is too large"],
    [
        "应答超过 {bytes} 字节：这不是回调的应答",
        "the answer has more than {bytes} bytes: that is not a callback's answer",
    ],
    [
        "确认地址指向回调接口，而不是页面或文件",
        "make sure that the address is the callback route, not a page or a file",
    ],
);
/// Compressed.
pub static COMPRESSED: Fault = fault(
    "answer-compressed",
    ["应答被压缩了", "The answer is compressed"],
    [
        "没有要求压缩，应答却带 Content-Encoding: {encoding}",
        "compression was not asked for, but the answer has Content-Encoding: {encoding}",
    ],
    [
        "对回调接口关闭无条件压缩（网关、CDN 或中间件）",
        "switch unconditional compression off for the callback route (gateway, CDN or middleware)",
    ],
);
/// A redirect.
pub static REDIRECT: Fault = fault(
    "answer-redirect",
    ["应答是跳转", "The answer is a redirect"],
    [
        "服务器以 {status} 跳转{location}；微信不跟随跳转",
        "the server answers {status}, a redirect{location}; WeChat does not follow redirects",
    ],
    [
        "在后台直接填写最终地址，或让这个地址直接处理请求",
        "enter the final address in the console, or let this address answer itself",
    ],
);
/// A redirect to the same path with a slash.
pub static REDIRECT_SLASH: Fault = fault(
    "answer-redirect-slash",
    ["跳转只差末尾的斜杠", "A redirect to the same path with or without a slash"],
    [
        "服务器以 {status} 跳转{location}，与请求的地址只差末尾的 `/`；微信不跟随跳转",
        "the server answers {status}, a redirect{location}, which differs by a final `/`; WeChat does not follow redirects",
    ],
    [
        "在后台填写框架认可的那个写法，或给两种写法都加上路由",
        "enter the address as the framework wants it, or route both spellings",
    ],
);
/// A redirect to https.
pub static REDIRECT_HTTPS: Fault = fault(
    "answer-redirect-https",
    ["http 被跳转到 https", "http is redirected to https"],
    [
        "服务器以 {status} 把 http 跳转到 https{location}；微信不跟随跳转",
        "the server answers {status}, a redirect from http to https{location}; WeChat does not follow redirects",
    ],
    ["在后台填写 https:// 的地址", "enter the https:// address in the console"],
);
/// A redirect to a login.
pub static REDIRECT_LOGIN: Fault = fault(
    "answer-redirect-login",
    ["被跳转到登录页", "The callback is redirected to a login"],
    [
        "服务器以 {status} 跳转到登录页{location}：回调地址被登录拦截了，微信没有你们的会话",
        "the server answers {status}, a redirect to a login{location}: the route is behind authentication, and WeChat has no session of yours",
    ],
    [
        "把回调路径加进登录拦截器（Spring Security、Shiro、网关、SSO）的白名单",
        "exempt the callback path from the login filter (Spring Security, Shiro, gateway, SSO)",
    ],
);
/// A login page or 401.
pub static LOGIN: Fault = fault(
    "answer-login",
    ["回调地址要求登录", "The callback route asks for a login"],
    [
        "状态 {status}，应答要求登录：回调地址被登录拦截了，微信没有你们的会话",
        "status {status}, and the answer asks for a login: the route is behind authentication, and WeChat has no session of yours",
    ],
    [
        "把回调路径加进登录拦截器（Spring Security、Shiro、网关、Basic 认证）的白名单",
        "exempt the callback path from authentication (Spring Security, Shiro, gateway, basic auth)",
    ],
);
/// 404.
pub static NOT_FOUND: Fault = fault(
    "answer-not-found",
    ["路径没有找到（404）", "The route was not found (404)"],
    [
        "服务器对 {method} {path} 回答 {status}：路径写错了、代理改掉了前缀，或者这个方法没有注册路由",
        "the server answers {status} to {method} {path}: the path is wrong, a proxy strips its prefix, or no route is registered for this method",
    ],
    [
        "核对后台填写的路径、框架的路由和代理的 location；GET 与 POST 都要注册",
        "compare the path in the console with the framework's route and the proxy's location; register both GET and POST",
    ],
);
/// 405.
pub static METHOD_NOT_ALLOWED: Fault = fault(
    "answer-method-not-allowed",
    ["方法不允许（405）", "The method is not allowed (405)"],
    [
        "路径存在，但不接受 {method}（状态 {status}）：验证用 GET，消息用 POST",
        "the path exists but does not take {method} (status {status}): verification is a GET, messages are POSTs",
    ],
    ["给同一路径同时注册 GET 和 POST", "register both GET and POST for the same path"],
);
/// CSRF.
pub static CSRF: Fault = fault(
    "answer-csrf",
    ["被 CSRF 防护拦下", "Blocked by CSRF protection"],
    [
        "状态 {status}，框架的 CSRF 防护拒绝了这个 POST：微信不会带 CSRF token",
        "status {status}: the framework's CSRF protection refused the POST; WeChat sends no CSRF token",
    ],
    [
        "对回调路径关闭 CSRF（Django 用 @csrf_exempt，Laravel 用 $except，Spring 用 ignoringRequestMatchers）",
        "exempt the callback path from CSRF (Django: @csrf_exempt; Laravel: $except; Spring: ignoringRequestMatchers)",
    ],
);
/// 415.
pub static MEDIA_TYPE: Fault = fault(
    "answer-media-type",
    ["框架不接受这种内容类型", "The framework refuses the content type"],
    [
        "状态 {status}：框架不接受 {method} 的 {content} 请求体",
        "status {status}: the framework does not accept a {content} body in the {method}",
    ],
    [
        "用原始请求体处理（Express 用 express.text({ type: '*/*' })，Spring 用 @RequestBody String 且不限制 consumes）",
        "read the raw body (Express: express.text({ type: '*/*' }); Spring: @RequestBody String without consumes)",
    ],
);
/// 400 or 422.
pub static BAD_REQUEST: Fault = fault(
    "answer-bad-request",
    ["服务器认为请求不合法", "The server calls the request invalid"],
    [
        "状态 {status}：框架的参数校验或解析没有通过，或者验签失败{body}",
        "status {status}: the framework's validation or parser refused the request, or the signature check did{body}",
    ],
    [
        "不要把 XML 请求体当 JSON 解析，查询参数都按字符串接收；看服务日志里是哪一项没有通过",
        "do not parse the XML body as JSON, take all query parameters as strings; the server's log says which check failed",
    ],
);
/// 403.
pub static FORBIDDEN: Fault = fault(
    "answer-forbidden",
    ["服务器拒绝访问（403）", "The server forbids access (403)"],
    [
        "状态 {status}：防火墙、WAF、IP 白名单或验签代码拒绝了请求{body}",
        "status {status}: a firewall, WAF, IP list or the signature check refused the request{body}",
    ],
    [
        "看是哪一层拒绝的：服务日志里有这个请求就是验签，没有就是前面的网关",
        "find out which layer refuses: if the server's log has the request it is the signature check, otherwise the gateway in front",
    ],
);
/// 429.
pub static TOO_MANY: Fault = fault(
    "answer-rate-limited",
    ["被限流（429）", "Rate limited (429)"],
    ["状态 {status}：限流拒绝了请求", "status {status}: a rate limit refused the request"],
    [
        "对微信的回调放开限流：它会成批地来",
        "exempt WeChat's callbacks from the rate limit: they come in bursts",
    ],
);
/// 5xx.
pub static SERVER_ERROR: Fault = fault(
    "answer-server-error",
    ["服务器内部错误", "The server failed with an error"],
    [
        "状态 {status}：处理 {method} 的代码抛出了异常{body}",
        "status {status}: the code that handles the {method} raised an exception{body}",
    ],
    [
        "看服务日志里这一刻的异常；常见的是解密失败、拿不到请求体、把 XML 当成 JSON",
        "see the exception in the server's log; usual ones: decryption fails, the body is not available, XML is parsed as JSON",
    ],
);
/// 502 to 504.
pub static GATEWAY: Fault = fault(
    "answer-gateway",
    ["网关后面没有应用在应答", "No app answers behind the gateway"],
    [
        "状态 {status}：代理收到了请求，但后面的应用没有启动，或者端口不对",
        "status {status}: the proxy got the request, but the app behind it is down or on another port",
    ],
    [
        "启动应用，核对代理的 upstream 地址和端口",
        "start the app, and check the proxy's upstream address and port",
    ],
);
/// The gateway waited too long.
pub static GATEWAY_TIMEOUT: Fault = fault(
    "answer-gateway-timeout",
    ["网关等应用超时", "The gateway waited too long for the app"],
    [
        "状态 {status}：代理收到了请求，后面的应用没有在它的时限内应答；微信更早就放弃了，只等 {limit} 毫秒",
        "status {status}: the proxy got the request, but the app behind it did not answer within the proxy's limit; WeChat gave up before, it waits {limit} ms",
    ],
    [
        "应用要先应答，再做耗时的工作（查库、调用大模型、调用接口），结果用接口主动发送；看是否有死锁或对外请求卡住",
        "have the app answer before slow work (database, language model, other APIs) and send the result by API; look for a deadlock or a hanging outgoing request",
    ],
);
/// The sender hung up.
pub static CLIENT_CLOSED: Fault = fault(
    "answer-client-closed",
    ["应答之前微信断开了", "WeChat hung up before the answer"],
    [
        "状态 {status} 是 nginx 的记号：应答还没有发出，请求方先断开了；微信只等 {limit} 毫秒",
        "status {status} is nginx's mark: the caller hung up before the answer was sent; WeChat waits {limit} ms",
    ],
    [
        "问题在速度，不在状态码：先应答，再做耗时的工作（查库、调用大模型、调用接口）；冷启动的云函数要预热",
        "the answer is too slow, its status does not matter: answer before slow work (database, language model, other APIs); keep a serverless function warm",
    ],
);
/// Any other status.
pub static STATUS: Fault = fault(
    "answer-status",
    ["状态码不是 200", "The status is not 200"],
    ["状态 {status}：微信只把 200 当作成功", "status {status}: WeChat takes only 200 for success"],
    ["以状态 200 应答；空应答也用 200，不用 204", "answer with 200; also an empty answer is 200, not 204"],
);
/// A page of a tunnel.
pub static TUNNEL: Fault = fault(
    "answer-tunnel",
    ["应答的是内网穿透的页面", "A tunnel's own page answers"],
    [
        "应答是内网穿透服务自己的页面{title}：隧道没有连到应用，或者先要点一个警告页",
        "the answer is a page of the tunnel service itself{title}: the tunnel does not reach the app, or shows a warning page first",
    ],
    [
        "检查隧道的客户端是否在线、端口是否对；换一个没有警告页的隧道",
        "check that the tunnel's client is up and has the right port; use a tunnel without a warning page",
    ],
);
/// An SPA.
pub static SPA: Fault = fault(
    "answer-spa",
    ["应答的是前端单页应用", "A single-page app answers"],
    [
        "应答是前端的 index.html{title}：这个路径被前端的兜底路由接管，没有到后端",
        "the answer is the front end's index.html{title}: its catch-all route takes this path, and the back end never sees it",
    ],
    [
        "在 nginx 里给回调路径单独加 location 转发到后端，放在 try_files 之前",
        "in nginx give the callback path a location of its own that proxies to the back end, before try_files",
    ],
);
/// An error page with status 200.
pub static ERROR_PAGE: Fault = fault(
    "answer-error-page",
    ["应答的是框架的错误页", "The framework's error page answers"],
    ["状态 200，但应答是错误页{title}", "status 200, but the answer is an error page{title}"],
    ["看服务日志里这一刻的异常", "see the exception in the server's log of this moment"],
);
/// Any other page.
pub static HTML: Fault = fault(
    "answer-html",
    ["应答是 HTML 页面", "The answer is an HTML page"],
    [
        "应答是网页{title}，不是回调接口的输出",
        "the answer is a web page{title}, not the output of a callback route",
    ],
    [
        "核对路径；回调接口只输出纯文本或 XML，不要套模板和布局",
        "check the path; a callback route answers plain text or XML, without template and layout",
    ],
);
/// The right signature was refused.
pub static SIGNATURE_REFUSED: Fault = fault(
    "signature-refused",
    ["服务器不认正确的签名", "The server refuses the right signature"],
    [
        "正确的签名与错误的签名得到同样的拒绝（状态 {status}{body}）：服务器里的 token（加密时还有 EncodingAESKey、receive id）与配置里的不同，或者验签代码有误",
        "the right signature gets the same refusal as a wrong one (status {status}{body}): the server's token (with encryption also its EncodingAESKey or receive id) differs from the profile's, or its check is wrong",
    ],
    [
        "两边从后台重新复制 token 和 key；再把服务日志里的这条请求交给：wecheck callback verify --request FILE",
        "copy token and key from the console on both sides; then give the request in your server's log to: wecheck callback verify --request FILE",
    ],
);
/// The signature passes, and what comes after it does not.
pub static DECRYPTION_REFUSED: Fault = fault(
    "decryption-refused",
    ["验签之后服务器仍然拒绝", "The server refuses after the signature check"],
    [
        "正确的签名与错误的签名得到不同的拒绝（正确的得到状态 {status}{body}）：验签通过了，之后的解密或 receive id 比对失败——服务器的 EncodingAESKey 或 receive id 与配置里的不同",
        "the right signature gets another refusal than a wrong one (the right one: status {status}{body}): the signature passes, then decryption or the receive id fails, so the server's EncodingAESKey or receive id differs from the profile's",
    ],
    [
        "两边从后台重新复制 EncodingAESKey，并核对 receive id（appid、corpid 或 suite id；智能机器人是空的）",
        "copy the EncodingAESKey from the console on both sides, and compare the receive id (appid, corpid or suite id; empty for an AI bot)",
    ],
);
/// A wrong signature passes.
pub static SIGNATURE_IGNORED: Fault = fault(
    "wrong-signature-accepted",
    ["错误的签名被接受了", "A wrong signature was accepted"],
    [
        "{method} 的签名是错的，服务器照样像对待正确的一样应答（状态 {status}{body}）：任何人都能伪造消息",
        "the {method} had a wrong signature, and the server answered as if it were right (status {status}{body}): anyone can forge messages",
    ],
    [
        "先验签再处理：比较不一致就回 403，GET 和 POST 都要验，比较用固定时间的函数",
        "check the signature first: answer 403 if it differs, for GET and POST alike, with a constant-time comparison",
    ],
);
/// Whether a wrong one was accepted cannot be seen.
pub static SIGNATURE_UNCLEAR: Fault = fault(
    "wrong-signature-unclear",
    ["看不出错误的签名是否被拒绝", "Whether a wrong signature is refused cannot be seen"],
    [
        "签名正确和错误的消息得到同样的空应答：可能没有验签，也可能是悄悄丢弃",
        "a message with a right and one with a wrong signature get the same empty answer: the signature is not checked, or the message is dropped silently",
    ],
    [
        "签名不对时回 403，这样测试和日志里都看得出来",
        "answer 403 to a wrong signature, so that tests and logs can tell",
    ],
);
/// A port that WeChat does not call.
pub static PORT: Fault = fault(
    "callback-port",
    ["微信不会请求这个端口", "WeChat does not call this port"],
    [
        "公众号只请求 80（http）和 443（https）端口，这里是 {port}",
        "an Official Account is called on port 80 (http) or 443 (https) only; this is {port}",
    ],
    [
        "用反向代理把 80 或 443 转到应用的端口；本机调试时忽略这一条",
        "let a reverse proxy forward 80 or 443 to the app; ignore this for local tests",
    ],
);
/// Not public.
pub static LOCAL: Fault = fault(
    "callback-local",
    ["这是本机地址", "This is a local address"],
    [
        "{host} 只有这台机器能访问；微信只请求公网地址",
        "only this machine reaches {host}; WeChat calls public addresses only",
    ],
    [
        "上线前换成公网域名，或者用内网穿透；代码可以先在本机测好",
        "before going live use a public domain or a tunnel; the code can be tested locally",
    ],
);
/// The receive id is not compared.
pub static RECEIVE_ID_UNCHECKED: Fault = fault(
    "receive-id-unchecked",
    ["服务器没有比对 receive id", "The server does not compare the receive id"],
    [
        "receive id 是别的应用的消息也被接受了：签名和加密没有问题，但消息可能属于另一个应用",
        "a message with another app's receive id was accepted: signature and encryption are right, but a message may be meant for another app",
    ],
    [
        "解密后比较 receive id（多数库在构造时传入 appid 或 corpid 就会比较）",
        "compare the receive id after decryption (most libraries do when appid or corpid is passed to their constructor)",
    ],
);
/// An old timestamp was accepted.
pub static OLD_ACCEPTED: Fault = fault(
    "old-timestamp-accepted",
    ["很旧的时间戳也被接受", "An old timestamp is accepted"],
    [
        "时间戳是两小时前的请求也被接受；微信不要求检查，但检查能挡住重放",
        "a request with a timestamp of two hours ago was accepted; WeChat does not ask for a check, but one keeps replays out",
    ],
    [
        "可以拒绝超过十分钟的时间戳，并按 MsgId 去重",
        "refuse timestamps older than ten minutes, and drop repeats by MsgId",
    ],
);
/// A replay was accepted.
pub static REPLAY_ACCEPTED: Fault = fault(
    "replay-accepted",
    ["同一条消息可以重放", "The same message can be replayed"],
    [
        "一字不差的同一条消息再次得到正常应答；超时后微信也会这样重发三次",
        "the very same message was answered normally again; after a timeout WeChat repeats a message in the same way",
    ],
    [
        "按 MsgId（事件按 FromUserName + CreateTime）去重，重复的直接回 success",
        "drop repeats by MsgId (events: FromUserName + CreateTime) and answer `success` to them",
    ],
);

pub(super) static ALL: &[&Fault] = &[
    &CONNECTION_REFUSED,
    &CONNECTION_NAME,
    &CONNECTION_FAILED,
    &CONNECTION_TLS,
    &CLOSED,
    &TIMEOUT,
    &SLOW,
    &NOT_HTTP,
    &HTTPS_PORT,
    &NEVER_ENDS,
    &CUT,
    &TOO_LARGE,
    &COMPRESSED,
    &REDIRECT,
    &REDIRECT_SLASH,
    &REDIRECT_HTTPS,
    &REDIRECT_LOGIN,
    &LOGIN,
    &NOT_FOUND,
    &METHOD_NOT_ALLOWED,
    &CSRF,
    &MEDIA_TYPE,
    &BAD_REQUEST,
    &FORBIDDEN,
    &TOO_MANY,
    &SERVER_ERROR,
    &GATEWAY,
    &GATEWAY_TIMEOUT,
    &CLIENT_CLOSED,
    &STATUS,
    &TUNNEL,
    &SPA,
    &ERROR_PAGE,
    &HTML,
    &SIGNATURE_REFUSED,
    &DECRYPTION_REFUSED,
    &SIGNATURE_IGNORED,
    &SIGNATURE_UNCLEAR,
    &PORT,
    &LOCAL,
    &RECEIVE_ID_UNCHECKED,
    &OLD_ACCEPTED,
    &REPLAY_ACCEPTED,
];
