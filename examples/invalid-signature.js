// A real kind of evening: the page works on Android, the iPhone says `config:invalid signature`.
// Everything that was at hand is pasted into one file; wecheck finds the fields in it.

// from the server's log
// jsapi_ticket: HoagFKDcsGMVCIY2vOjf9gzFzIGHk_1SSKIZRyi2GkLTtk88tjWN7KvR6ZFJSeEsZ4kGdIR1L_29OwsKWIiUmg
// url: https://m.example.com/goods/detail.html?id=1592&ref=%E9%A6%96%E9%A1%B5

// from the page
wx.config({
  debug: true,
  appId: 'wx0123456789abcdef',
  timestamp: 1700000000,
  nonceStr: 'nXvITeqGjFOVBPiA',
  signature: 'fafe8c5963e9b409ac4e5bc0502129ff590cd7b1',
  jsApiList: ['updateAppMessageShareData', 'chooseImage'],
});
