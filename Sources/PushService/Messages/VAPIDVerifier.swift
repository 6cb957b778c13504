import Crypto
import Synchronization
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Says which application server sent a post (RFC 8292), and remembers verified tokens: a sender signs one token for
/// thousands of messages, and checking a signature costs more than all the rest.
final class VAPIDVerifier: Sendable {
    private let audience: String
    private let otherSpellings: [String]
    private let verified: Mutex<RecentlyUsed<[UInt8], Verified>>

    private struct Verified: Sendable {
        let publicKey: [UInt8]
        let expiresAt: Date
    }

    init(audience: String, capacity: Int) {
        self.audience = audience
        otherSpellings = spellings(of: audience)
        verified = Mutex(RecentlyUsed(capacity: capacity))
    }

    /// The sender's raw public key; nil when it didn't say who it is, which only an unrestricted endpoint permits.
    /// - Parameter keyHash: of the key that the endpoint is restricted to.
    func sender(
        of headers: MessageRequest.Headers, restrictedTo keyHash: [UInt8]?, now: Date
    ) throws(EndpointRefusal) -> [UInt8]? {
        guard let authorization = headers.authorization?.trimmed else {
            guard keyHash == nil else {
                throw .unauthorized("This endpoint takes posts of one VAPID key only. Add an Authorization header (RFC 8292).")
            }
            return nil
        }
        let key = try publicKey(String(authorization), cryptoKey: headers.cryptoKey, now: now)
        if let expected = keyHash, !isSame(Array(SHA256.hash(data: key)), expected) {
            throw .unauthorized("This subscription was made with another VAPID key. Subscribe again with this one.")
        }
        return key
    }

    private func publicKey(_ authorization: String, cryptoKey: String?, now: Date) throws(EndpointRefusal) -> [UInt8] {
        let text = authorization + "\n" + (cryptoKey.map { HeaderParameters($0)["p256ecdsa"] ?? "" } ?? "")
        // A hash, so that the cache holds no token that could be used.
        let digest = Array(SHA256.hash(data: Array(text.utf8)))
        if let known = verified.withLock({ $0[digest] }), now < known.expiresAt { return known.publicKey }
        let fresh = try verify(authorization, cryptoKey: cryptoKey, now: now)
        verified.withLock { $0[digest] = fresh }
        return fresh.publicKey
    }

    private func verify(_ authorization: String, cryptoKey: String?, now: Date) throws(EndpointRefusal) -> Verified {
        try refuseDraftWithoutKey(authorization, cryptoKey: cryptoKey)
        do {
            let parsed = try VAPIDAuthorization(authorization: authorization, cryptoKey: cryptoKey)
            let claims = try parsed.verify(audience: audience, otherSpellings: otherSpellings, now: now)
            return Verified(publicKey: parsed.publicKey, expiresAt: claims.expiresAt)
        } catch {
            throw .unauthorized(error.message)
        }
    }

    /// The drafts' schemes carry the key in a header of its own; without it the request is malformed, not unauthorized.
    private func refuseDraftWithoutKey(_ authorization: String, cryptoKey: String?) throws(EndpointRefusal) {
        let scheme = authorization.prefix { $0 != " " }.lowercased()
        // Without a token it isn't one of theirs.
        guard scheme == "webpush" || scheme == "bearer", authorization.contains(" ") else { return }
        guard HeaderParameters(cryptoKey)["p256ecdsa"] != nil else {
            throw .badCryptoHeader(
                "Authorization \(scheme) needs the header Crypto-Key: p256ecdsa=<key>. Better use vapid t=, k= (RFC 8292).")
        }
    }
}

/// Other ways to write an origin as a URL: with the root path, and with the scheme's own port. Mozilla's service compares URLs, and so
/// there are senders who write it so.
private func spellings(of origin: String) -> [String] {
    let port = origin.hasPrefix("https:") ? ":443" : ":80"
    let hasPort = origin.dropFirst("https:".count).contains(":")
    return [origin + "/"] + (hasPort ? [] : [origin + port, origin + port + "/"])
}

/// Compares all bytes whatever they are, so that the time taken tells nothing.
private func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
}
