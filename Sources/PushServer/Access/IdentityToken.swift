import JSON
import JWS

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JSON Web Token (RFC 7519) that says who its bearer is, taken apart. What it says is worth nothing before its signature is checked.
struct IdentityToken: Sendable {
    let algorithm: String
    let keyID: String?
    /// What was signed.
    let signingInput: [UInt8]
    let signature: [UInt8]
    let claims: Claims

    struct Claims: Sendable, Hashable {
        let user: String
        /// Seconds since 1970, as the others.
        let expiresAt: Double
        let notBefore: Double?
        let issuer: String?
        let audiences: [String]
    }

    static let limitBytes = 8192
    static let leewaySeconds = 60.0

    /// - Throws: `malformed`.
    init(_ text: String) throws(IdentityRefusal) {
        guard text.utf8.count <= Self.limitBytes else { throw .malformed }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let body = Self.object(parts[1]),
            let signature = Base64URL.decode(parts[2]), let algorithm = header["alg"]?.text
        else { throw .malformed }
        // What is called critical must be understood, and nothing that could be is (RFC 7515 §4.1.11).
        guard header["crit"] == nil else { throw .malformed }
        self.algorithm = algorithm
        keyID = header["kid"]?.text
        signingInput = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
        claims = try Claims(body)
    }

    private static func object(_ part: Substring) -> [String: JSONValue]? {
        Base64URL.decode(part).flatMap { try? JSONDecoder().decode([String: JSONValue].self, from: Data($0)) }
    }
}

extension IdentityToken.Claims {
    fileprivate init(_ body: [String: JSONValue]) throws(IdentityRefusal) {
        guard let user = body["sub"]?.text, (1...256).contains(user.utf8.count), let expiresAt = body["exp"]?.seconds else {
            throw .malformed
        }
        self.user = user
        self.expiresAt = expiresAt
        notBefore = try body["nbf"].map { value throws(IdentityRefusal) in
            guard let seconds = value.seconds else { throw .malformed }
            return seconds
        }
        issuer = body["iss"]?.text
        audiences = body["aud"]?.texts ?? []
    }

    /// - Parameters:
    ///   - issuer: who must have made it; nil for anybody who has the key.
    ///   - audience: who must be among those it is for; nil for anybody.
    func check(now: Date, issuer: String?, audience: String?) throws(IdentityRefusal) {
        let now = now.timeIntervalSince1970
        guard expiresAt + IdentityToken.leewaySeconds > now else { throw .expired }
        guard (notBefore ?? now) - IdentityToken.leewaySeconds <= now else { throw .early }
        guard issuer == nil || self.issuer == issuer else { throw .wrongIssuer }
        guard audience.map(audiences.contains) ?? true else { throw .wrongAudience }
    }
}

extension JSONValue {
    /// A NumericDate (RFC 7519 §2).
    fileprivate var seconds: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// `aud` is one text or a list of them.
    fileprivate var texts: [String] {
        if case .array(let all) = self { all.compactMap(\.text) } else { text.map { [$0] } ?? [] }
    }
}
