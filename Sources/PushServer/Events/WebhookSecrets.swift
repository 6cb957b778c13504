import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a webhook's requests are signed with, as Standard Webhooks wants it
/// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
struct WebhookSecrets: Codable, Sendable, Hashable {
    /// 32 random bytes.
    private let current: [UInt8]
    /// The one before, which signs too until then.
    private var previous: [UInt8]?
    private var previousUntil: Date?

    init(current: [UInt8]) { self.current = current }

    /// As it is shown, once.
    var shown: String { "whsec_" + Data(current).base64EncodedString() }

    func rotated(to new: [UInt8], overlapSeconds: Int, now: Date) -> WebhookSecrets {
        var secrets = WebhookSecrets(current: new)
        secrets.previous = current
        secrets.previousUntil = now.addingTimeInterval(Double(overlapSeconds))
        return secrets
    }

    /// The value of `webhook-signature`.
    /// - Parameters:
    ///   - id: of the message: the same on each attempt.
    ///   - timestamp: of this attempt, in seconds since 1970.
    func signature(id: String, timestamp: Int, body: [UInt8], now: Date) -> String {
        let old = previousUntil.map { now < $0 } == true ? previous : nil
        return [current, old].compactMap { $0 }.map { secret in
            let content = Array("\(id).\(timestamp).".utf8) + body
            let code = HMAC<SHA256>.authenticationCode(for: content, using: SymmetricKey(data: secret))
            return "v1," + Data(code).base64EncodedString()
        }.joined(separator: " ")
    }
}
