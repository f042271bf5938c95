wx.config({
  debug: true,
  appId: 'wx0123456789abcdef',
  timestamp: 1768463990,
  nonceStr: 'Wm3WZYTPz0wzccnW',
  signature: '0000000000000000000000000000000000000000',
  jsApiList: ['chooseImage'],
});
