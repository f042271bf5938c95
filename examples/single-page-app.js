// A single-page app with its route behind `#`: the phone says `config:invalid signature`.

// from the server's log
// jsapi_ticket: HoagFKDcsGMVCIY2vOjf9gzFzIGHk_1SSKIZRyi2GkLTtk88tjWN7KvR6ZFJSeEsZ4kGdIR1L_29OwsKWIiUmg
// url: https://m.example.com/app?id=1592#/goods

// from the page
wx.config({
  appId: 'wx0123456789abcdef',
  timestamp: 1768463990,
  nonceStr: 'nXvITeqGjFOVBPiA',
  signature: '47be30401639848dec27b29d2e1ebc1aefc9c0da',
  jsApiList: ['updateAppMessageShareData', 'chooseImage'],
});
