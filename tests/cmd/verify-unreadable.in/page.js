wx.config({
  appId: '<?= $app ?>',
  timestamp: <?= $ts ?>,
  nonceStr: nonce,
  signature: res.data.sign,
  jsApiList: []
});
