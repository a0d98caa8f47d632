/**
 * A certificate for `localhost` and 127.0.0.1 that signed itself, good until 2120, and its key: known to
 * everybody, and trusted by nobody who is not told to.
 */
export const localhostCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBfDCCASKgAwIBAgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1jaXZpdGFz
IHRlc3RzMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAYMRYwFAYD
VQQDDA1jaXZpdGFzIHRlc3RzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEGSFV
0a6gnafi7fyeXR2d6JCCorMZBzen34vheP5bwpNeA4bbtFbyMwQybq/ypvuh56LP
H2HWZxHHT3r9uwkInaNbMFkwGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMA8G
A1UdEwEB/wQFMAMBAf8wCwYDVR0PBAQDAgKEMB0GA1UdDgQWBBRtO0jCYTw1t9V3
BZBC0H/5D/6bajAKBggqhkjOPQQDAgNIADBFAiEAjuEJjMdQFdVTwaHIDNNvF3oG
ONj1SFjOAH2JBKiePgUCIFb7zwb1zBPyFmccAXTWSMVUnFCvRDr5HtszSVTrTDVu
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgd4V8o32cKQMQNXpj
/aYvxDp8i5Zo5fgXttdgyjTIiKWhRANCAAQZIVXRrqCdp+Lt/J5dHZ3okIKisxkH
N6ffi+F4/lvCk14Dhtu0VvIzBDJur/Km+6Hnos8fYdZnEcdPev27CQid
-----END PRIVATE KEY-----`,
};
