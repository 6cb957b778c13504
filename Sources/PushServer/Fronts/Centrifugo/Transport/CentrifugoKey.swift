import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a client has to say. Digests compare in constant time, whatever the key's length.
struct CentrifugoKey: Sendable {
    private let digest: SHA256Digest

    /// - Returns: nil where there is no key, which nobody has.
    init?(_ key: String?) {
        guard let key, !key.isEmpty else { return nil }
        digest = Self.digest(key)
    }

    func matches(_ text: String?) -> Bool {
        guard let text else { return false }
        return Self.digest(text) == digest
    }

    private static func digest(_ key: String) -> SHA256Digest { SHA256.hash(data: Array(key.utf8)) }
}
