wx.config({
  debug: true,
  appId: 'wx0123456789abcdef',
  timestamp: 1768463990,
  nonceStr: 'Wm3WZYTPz0wzccnW',
  signature: '68482be8923b8957a4715fdddaf2ecc37df1336e',
  jsApiList: ['chooseImage'],
});
