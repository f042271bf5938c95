// The same page after the fix: the page sends location.href, and the server signs it as it came.

// from the server's log
// jsapi_ticket: HoagFKDcsGMVCIY2vOjf9gzFzIGHk_1SSKIZRyi2GkLTtk88tjWN7KvR6ZFJSeEsZ4kGdIR1L_29OwsKWIiUmg
// url: https://m.example.com/goods/detail.html?id=1592&ref=%E9%A6%96%E9%A1%B5

// from the page
wx.config({
  debug: true,
  appId: 'wx0123456789abcdef',
  timestamp: 1768463940,
  nonceStr: 'Vq2fS8sYpKc0Rj6T',
  signature: '40e431261190414152f8c734907fca1fc68d2334',
  jsApiList: ['updateAppMessageShareData', 'chooseImage'],
});
