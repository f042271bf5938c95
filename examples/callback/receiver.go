// A WeChat and WeCom callback receiver on Go's own packages: go run receiver.go
package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"
)

var (
	token     = os.Getenv("WECHECK_CALLBACK_TOKEN")
	receiveID = os.Getenv("WECHECK_APPID")
	key, _    = base64.StdEncoding.DecodeString(os.Getenv("WECHECK_ENCODING_AES_KEY") + "=")
)

type message struct {
	ToUserName, FromUserName, MsgType, Content, Encrypt string
}

func sign(values ...string) string {
	sort.Strings(values)
	sum := sha1.Sum([]byte(strings.Join(values, "")))
	return hex.EncodeToString(sum[:])
}

func holds(query url.Values, name string, more ...string) bool {
	right := sign(append(more, token, query.Get("timestamp"), query.Get("nonce"))...)
	return subtle.ConstantTimeCompare([]byte(right), []byte(query.Get(name))) == 1
}

func decrypt(text string) (string, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(data) < 32 || len(data)%aes.BlockSize != 0 {
		return "", errors.New("not an encrypted value")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	cipher.NewCBCDecrypter(block, key[:16]).CryptBlocks(data, data)
	pad := int(data[len(data)-1]) // PKCS#7 up to 32
	if pad < 1 || pad > 32 || 20+pad > len(data) {
		return "", errors.New("does not decrypt")
	}
	content := data[16 : len(data)-pad]
	length := int(binary.BigEndian.Uint32(content))
	if length > len(content)-4 || string(content[4+length:]) != receiveID {
		return "", errors.New("another receive id")
	}
	return string(content[4 : 4+length]), nil
}

func encrypt(text string) (string, error) {
	random := make([]byte, 16)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	length := make([]byte, 4)
	binary.BigEndian.PutUint32(length, uint32(len(text)))
	content := bytes.Join([][]byte{random, length, []byte(text), []byte(receiveID)}, nil)
	pad := 32 - len(content)%32
	content = append(content, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(content, content)
	return base64.StdEncoding.EncodeToString(content), nil
}

func replyTo(text string) string {
	if strings.HasPrefix(text, "{") {
		return "" // a bot: answer later through response_url
	}
	var got message
	if xml.Unmarshal([]byte(text), &got) != nil || got.MsgType != "text" {
		return "success"
	}
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
		"<CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content></xml>",
		got.FromUserName, got.ToUserName, time.Now().Unix(), got.Content)
}

func secured(reply string) (string, error) {
	if !strings.HasPrefix(reply, "<") {
		return reply, nil
	}
	text, err := encrypt(reply)
	if err != nil {
		return "", err
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	nonce := strconv.FormatInt(time.Now().UnixNano(), 36)
	return fmt.Sprintf("<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature>"+
		"<TimeStamp>%s</TimeStamp><Nonce><![CDATA[%s]]></Nonce></xml>", text, sign(token, now, nonce, text), now, nonce), nil
}

var errSignature = errors.New("wrong signature")

func answer(method string, query url.Values, body []byte) (string, error) {
	secure := query.Has("msg_signature")
	if method == http.MethodGet {
		echo := query.Get("echostr")
		switch {
		case secure && holds(query, "msg_signature", echo):
			return decrypt(echo)
		case !secure && holds(query, "signature"):
			return echo, nil
		}
		return "", errSignature
	}
	if !secure {
		if !holds(query, "signature") {
			return "", errSignature
		}
		return replyTo(string(body)), nil
	}
	var text string
	if bytes.HasPrefix(body, []byte("{")) {
		var envelope struct{ Encrypt string }
		if err := json.Unmarshal(body, &envelope); err != nil {
			return "", err
		}
		text = envelope.Encrypt
	} else {
		var envelope message
		if err := xml.Unmarshal(body, &envelope); err != nil {
			return "", err
		}
		text = envelope.Encrypt
	}
	if !holds(query, "msg_signature", text) {
		return "", errSignature
	}
	clear, err := decrypt(text)
	if err != nil {
		return "", err
	}
	return secured(replyTo(clear))
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		text, err := answer(r.Method, r.URL.Query(), body)
		if err != nil {
			log.Print(err) // the reason belongs in the log, not in the answer
			http.Error(w, "refused", http.StatusForbidden)
			return
		}
		kind := "text/plain"
		if strings.HasPrefix(text, "<") {
			kind = "text/xml"
		}
		w.Header().Set("Content-Type", kind+"; charset=utf-8")
		io.WriteString(w, text)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, http.HandlerFunc(handler)))
}
