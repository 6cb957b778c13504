import JWS
import WebPush

extension MessageContent {
    /// Checks that the body comes with what a user agent needs to decrypt it, and keeps just that.
    ///
    /// - Parameters:
    ///   - sender: the VAPID key that signed, which must not be the key of the message (RFC 8292 §3.2).
    ///   - takesPlain: whether a body that claims no encoding is taken as it is.
    init(
        body: [UInt8], headers: MessageRequest.Headers, sentBy sender: [UInt8]?, takesPlain: Bool = false
    ) throws(EndpointRefusal) {
        guard !body.isEmpty else {
            self.init()
            return
        }
        switch headers.contentEncoding?.trimmed.lowercased() {
        case "aes128gcm": try self.init(aes128gcm: body, headers: headers, sentBy: sender)
        case "aesgcm": try self.init(aesgcm: body, headers: headers, sentBy: sender)
        case nil where takesPlain: self.init(body: body)
        case nil:
            throw .badCryptoHeader("A body needs the header Content-Encoding: aes128gcm (RFC 8291).")
        default:
            throw .badCryptoHeader("Content-Encoding must be aes128gcm (RFC 8291), or aesgcm from older senders.")
        }
    }

    /// RFC 8291: salt and key are at the beginning of the body.
    private init(
        aes128gcm body: [UInt8], headers: MessageRequest.Headers, sentBy sender: [UInt8]?
    ) throws(EndpointRefusal) {
        guard HeaderParameters(headers.encryption)["salt"] == nil, HeaderParameters(headers.cryptoKey)["dh"] == nil else {
            throw .badCryptoHeader("aes128gcm carries salt and key in the body: leave Encryption and Crypto-Key out.")
        }
        try refuseReusedKey(keyID(of: body), sender)
        self.init(body: body, encoding: "aes128gcm")
    }

    /// draft-ietf-webpush-encryption-04: salt and key are in headers, which travel along.
    private init(
        aesgcm body: [UInt8], headers: MessageRequest.Headers, sentBy sender: [UInt8]?
    ) throws(EndpointRefusal) {
        let encryption = HeaderParameters(headers.encryption)
        guard isBase64URL(encryption["salt"]) else {
            throw .badCryptoHeader("aesgcm needs the header Encryption: salt=<base64url>.")
        }
        guard headers.encryptionKey == nil else {
            throw .badCryptoHeader("aesgcm has its key in the header Crypto-Key: leave Encryption-Key out.")
        }
        // A key that both sides know already is named in Encryption (keyid); the user agent judges that.
        let cryptoKey = headers.cryptoKey.map { HeaderParameters($0) }
        if let cryptoKey {
            guard isBase64URL(cryptoKey["dh"]) else {
                throw .badCryptoHeader("aesgcm needs dh=<base64url> in the header Crypto-Key.")
            }
            try refuseReusedKey(cryptoKey["dh"].flatMap(Base64URL.decode)?[...], sender)
        }
        self.init(
            body: body, encoding: "aesgcm", encryption: encryption.normalized, cryptoKey: cryptoKey?.normalized)
    }
}

/// Whether it could be; of how many bytes is for the user agent to judge.
private func isBase64URL(_ text: String?) -> Bool {
    guard let text, !text.isEmpty else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
}

/// The `keyid` in the header of an aes128gcm body (RFC 8188 §2.1): salt 16, record size 4, length 1, then this.
private func keyID(of body: [UInt8]) -> ArraySlice<UInt8>? {
    guard body.count > 20, body.count >= 21 + Int(body[20]) else { return nil }
    return body[21..<21 + Int(body[20])]
}

private func refuseReusedKey(_ messageKey: ArraySlice<UInt8>?, _ sender: [UInt8]?) throws(EndpointRefusal) {
    guard let messageKey, let sender, messageKey.elementsEqual(sender) else { return }
    throw .badCryptoHeader("The message is encrypted with the VAPID key. Use a fresh key for every message.")
}
