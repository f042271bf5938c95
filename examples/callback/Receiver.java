// A WeChat and WeCom callback receiver on the JDK's own classes: java Receiver.java
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

public class Receiver {
    static final String TOKEN = env("WECHECK_CALLBACK_TOKEN");
    static final String RECEIVE_ID = env("WECHECK_APPID");
    static final byte[] KEY = Base64.getDecoder().decode(env("WECHECK_ENCODING_AES_KEY").isEmpty() ? "" : env("WECHECK_ENCODING_AES_KEY") + "=");

    static String env(String name) {
        return System.getenv().getOrDefault(name, "");
    }

    static String sign(String... values) throws Exception {
        Arrays.sort(values);
        byte[] text = String.join("", values).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
    }

    static boolean holds(Map<String, String> query, String name, String... more) throws Exception {
        String[] values = Arrays.copyOf(more, more.length + 3);
        values[more.length] = TOKEN;
        values[more.length + 1] = query.getOrDefault("timestamp", "");
        values[more.length + 2] = query.getOrDefault("nonce", "");
        return MessageDigest.isEqual(sign(values).getBytes(), query.getOrDefault(name, "").getBytes());
    }

    static Cipher cipher(int mode) throws Exception {
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
        cipher.init(mode, new SecretKeySpec(KEY, "AES"), new IvParameterSpec(KEY, 0, 16));
        return cipher;
    }

    static String decrypt(String text) throws Exception {
        byte[] plain = cipher(Cipher.DECRYPT_MODE).doFinal(Base64.getMimeDecoder().decode(text));
        ByteBuffer content = ByteBuffer.wrap(plain, 16, plain.length - 16 - plain[plain.length - 1]); // PKCS#7 up to 32
        byte[] message = new byte[content.getInt()];
        content.get(message);
        byte[] receiveId = new byte[content.remaining()];
        content.get(receiveId);
        if (!new String(receiveId, StandardCharsets.UTF_8).equals(RECEIVE_ID)) {
            throw new IllegalArgumentException("another receive id");
        }
        return new String(message, StandardCharsets.UTF_8);
    }

    static String encrypt(String message) throws Exception {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        byte[] id = RECEIVE_ID.getBytes(StandardCharsets.UTF_8);
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        int length = 20 + text.length + id.length;
        int pad = 32 - length % 32;
        byte[] content = new byte[length + pad];
        ByteBuffer.wrap(content).put(random).putInt(text.length).put(text).put(id);
        Arrays.fill(content, length, length + pad, (byte) pad);
        return Base64.getEncoder().encodeToString(cipher(Cipher.ENCRYPT_MODE).doFinal(content));
    }

    // Good enough for the flat messages here; use an XML parser for anything nested.
    static String field(String xml, String name) {
        Matcher found = Pattern.compile("<" + name + ">(?:<!\\[CDATA\\[(.*?)\\]\\]>|([^<]*))</" + name + ">", Pattern.DOTALL).matcher(xml);
        return !found.find() ? "" : found.group(1) != null ? found.group(1) : found.group(2);
    }

    static String replyTo(String message) {
        if (message.startsWith("{")) {
            return ""; // a bot: answer later through response_url
        }
        if (!field(message, "MsgType").equals("text")) {
            return "success";
        }
        return "<xml><ToUserName><![CDATA[" + field(message, "FromUserName") + "]]></ToUserName>"
            + "<FromUserName><![CDATA[" + field(message, "ToUserName") + "]]></FromUserName>"
            + "<CreateTime>" + Instant.now().getEpochSecond() + "</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            + "<Content><![CDATA[" + field(message, "Content") + "]]></Content></xml>";
    }

    static String secured(String reply) throws Exception {
        if (!reply.startsWith("<")) {
            return reply;
        }
        String now = String.valueOf(Instant.now().getEpochSecond());
        String nonce = Long.toHexString(new SecureRandom().nextLong());
        String text = encrypt(reply);
        return "<xml><Encrypt><![CDATA[" + text + "]]></Encrypt><MsgSignature><![CDATA[" + sign(TOKEN, now, nonce, text)
            + "]]></MsgSignature><TimeStamp>" + now + "</TimeStamp><Nonce><![CDATA[" + nonce + "]]></Nonce></xml>";
    }

    /** The body of the answer, or null when the request is refused. */
    static String answer(String method, Map<String, String> query, String body) throws Exception {
        boolean secure = query.containsKey("msg_signature");
        if (method.equals("GET")) {
            String echo = query.getOrDefault("echostr", "");
            boolean right = secure ? holds(query, "msg_signature", echo) : holds(query, "signature");
            return !right ? null : secure ? decrypt(echo) : echo;
        }
        if (!secure) {
            return holds(query, "signature") ? replyTo(body) : null;
        }
        Matcher json = Pattern.compile("\"encrypt\"\\s*:\\s*\"([^\"]*)\"").matcher(body);
        String text = body.startsWith("{") && json.find() ? json.group(1).replace("\\/", "/") : field(body, "Encrypt");
        return holds(query, "msg_signature", text) ? secured(replyTo(decrypt(text))) : null;
    }

    static void handle(HttpExchange exchange) throws IOException {
        String text = null;
        try {
            Map<String, String> query = new HashMap<>();
            String raw = exchange.getRequestURI().getRawQuery();
            for (String pair : raw == null ? new String[0] : raw.split("&")) {
                String[] parts = pair.split("=", 2); // the base64 itself may end in `=`
                query.putIfAbsent(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            text = answer(exchange.getRequestMethod(), query, body);
        } catch (Exception error) {
            System.err.println(error); // the reason belongs in the log, not in the answer
        }
        byte[] bytes = (text == null ? "refused" : text).getBytes(StandardCharsets.UTF_8);
        String kind = text != null && text.startsWith("<") ? "text/xml" : "text/plain";
        exchange.getResponseHeaders().set("Content-Type", kind + "; charset=utf-8");
        exchange.sendResponseHeaders(text == null ? 403 : 200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(env("PORT").isEmpty() ? "8080" : env("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", Receiver::handle);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }
}
