import JWS
import WebPush

/// Opens a message by the content encoding its sender chose.
struct MessageDecryption {
    let key: UserAgentKey

    /// - Throws: `undecryptable`.
    func open(_ message: MessageFrame) throws(UserAgentError) -> ReceivedMessage.Content {
        guard let data = message.data else { return .empty }
        guard let body = Base64URL.decode(data) else {
            throw UserAgentError(.undecryptable, "The body is not base64url")
        }
        guard let headers = message.headers else { return body.isEmpty ? .empty : .unencrypted(body) }
        do {
            return .decrypted(try open(body, headers))
        } catch let error as WebPushError {
            throw UserAgentError(.undecryptable, error.message, cause: error)
        } catch {
            throw UserAgentError(.undecryptable, "\(error)", cause: error)
        }
    }

    private func open(_ body: [UInt8], _ headers: MessageFrame.Headers) throws -> [UInt8] {
        switch headers.encoding {
        case "aes128gcm": return try MessageEncryption.open(body, with: key)
        case "aesgcm":
            let message = try LegacyMessage(
                body: body, encryption: headers.encryption ?? "", cryptoKey: headers.crypto_key ?? "")
            return try LegacyEncryption.open(message, with: key)
        default:
            throw UserAgentError(.undecryptable, "The content encoding is unknown: \(headers.encoding ?? "none")")
        }
    }
}
