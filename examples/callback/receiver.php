<?php
// A WeChat and WeCom callback receiver on PHP's own functions. Save it without BOM and without a
// closing tag, so that nothing precedes or follows the answer.
ini_set('display_errors', '0');

$token = getenv('WECHECK_CALLBACK_TOKEN') ?: '';
$receiveId = getenv('WECHECK_APPID') ?: '';
$key = getenv('WECHECK_ENCODING_AES_KEY') ? base64_decode(getenv('WECHECK_ENCODING_AES_KEY') . '=') : '';

function sign(string ...$values): string
{
    sort($values, SORT_STRING);
    return sha1(implode('', $values));
}

function holds(string $name, string ...$more): bool
{
    global $token;
    return hash_equals(sign($token, $_GET['timestamp'] ?? '', $_GET['nonce'] ?? '', ...$more), $_GET[$name] ?? '');
}

function decrypt(string $text): string
{
    global $key, $receiveId;
    $flags = OPENSSL_RAW_DATA | OPENSSL_ZERO_PADDING;
    $plain = openssl_decrypt(base64_decode($text), 'aes-256-cbc', $key, $flags, substr($key, 0, 16));
    $content = substr($plain, 16, -ord(substr($plain, -1))); // PKCS#7 up to 32
    $length = unpack('N', $content)[1];
    if (substr($content, 4 + $length) !== $receiveId) {
        throw new RuntimeException('another receive id');
    }
    return substr($content, 4, $length);
}

function encrypt(string $message): string
{
    global $key, $receiveId;
    $content = random_bytes(16) . pack('N', strlen($message)) . $message . $receiveId;
    $pad = 32 - strlen($content) % 32;
    $flags = OPENSSL_RAW_DATA | OPENSSL_ZERO_PADDING;
    return base64_encode(openssl_encrypt($content . str_repeat(chr($pad), $pad), 'aes-256-cbc', $key, $flags, substr($key, 0, 16)));
}

// Needs no extension: many images of PHP have no SimpleXML.
function field(string $xml, string $name): string
{
    preg_match("~<$name>(?:<!\\[CDATA\\[(.*?)\\]\\]>|([^<]*))</$name>~s", $xml, $found);
    return ($found[1] ?? '') . ($found[2] ?? '');
}

function replyTo(string $message): string
{
    if (str_starts_with($message, '{')) {
        return ''; // a bot: answer later through response_url
    }
    if (field($message, 'MsgType') !== 'text') {
        return 'success';
    }
    return '<xml><ToUserName><![CDATA[' . field($message, 'FromUserName') . ']]></ToUserName>'
        . '<FromUserName><![CDATA[' . field($message, 'ToUserName') . ']]></FromUserName>'
        . '<CreateTime>' . time() . '</CreateTime><MsgType><![CDATA[text]]></MsgType>'
        . '<Content><![CDATA[' . field($message, 'Content') . ']]></Content></xml>';
}

function secured(string $reply): string
{
    global $token;
    if (!str_starts_with($reply, '<')) {
        return $reply;
    }
    [$now, $nonce, $text] = [(string) time(), bin2hex(random_bytes(8)), encrypt($reply)];
    return "<xml><Encrypt><![CDATA[$text]]></Encrypt>"
        . '<MsgSignature><![CDATA[' . sign($token, $now, $nonce, $text) . ']]></MsgSignature>'
        . "<TimeStamp>$now</TimeStamp><Nonce><![CDATA[$nonce]]></Nonce></xml>";
}

function answer(): array
{
    $secure = isset($_GET['msg_signature']);
    if ($_SERVER['REQUEST_METHOD'] === 'GET') {
        $echo = $_GET['echostr'] ?? '';
        $right = $secure ? holds('msg_signature', $echo) : holds('signature');
        return $right ? [200, $secure ? decrypt($echo) : $echo] : [403, 'wrong signature'];
    }
    $body = file_get_contents('php://input');
    if (!$secure) {
        return holds('signature') ? [200, replyTo($body)] : [403, 'wrong signature'];
    }
    $text = str_starts_with($body, '{')
        ? (string) (json_decode($body, true)['encrypt'] ?? '')
        : field($body, 'Encrypt');
    return holds('msg_signature', $text) ? [200, secured(replyTo(decrypt($text)))] : [403, 'wrong signature'];
}

try {
    [$status, $text] = answer();
} catch (Throwable $error) {
    error_log($error->getMessage()); // the reason belongs in the log, not in the answer
    [$status, $text] = [403, 'refused'];
}
http_response_code($status);
header('Content-Type: ' . (str_starts_with($text, '<') ? 'text/xml' : 'text/plain') . '; charset=utf-8');
echo $text;
