import JSON
import JWS
import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A key that checks identity tokens, for one algorithm alone: a token can't choose how it is checked.
struct IdentityKey: Sendable {
    /// Nil for the only key there is.
    let id: String?
    let algorithm: String
    private let check: any JWTAlgorithm

    func isSignatureValid(of token: IdentityToken) -> Bool {
        token.algorithm == algorithm && (try? check.verify(token.signature, signs: token.signingInput)) == true
    }
}

extension IdentityKey {
    static let secretMinimumBytes = 32

    /// The keys that a shared secret is: one for each digest that isn't longer than the secret (RFC 7518 §3.2).
    static func keys(secret: String) async throws -> [IdentityKey] {
        var keys: [IdentityKey] = []
        let digests = [("HS256", DigestAlgorithm.sha256, 32), ("HS384", .sha384, 48), ("HS512", .sha512, 64)]
        for (name, digest, bytes) in digests where secret.utf8.count >= bytes {
            let made = try await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: digest).getKey()
            keys.append(IdentityKey(id: nil, algorithm: name, check: made))
        }
        return keys
    }

    /// A public key as a member of a JSON Web Key Set (RFC 7517).
    /// - Throws: ``Unfit``, with the reason.
    init(jwk: JSONValue) async throws {
        guard case .object(let members) = jwk else { throw Unfit(reason: "it is no object") }
        func text(_ name: String) -> String? { if case .string(let text)? = members[name] { text } else { nil } }
        guard members["d"] == nil, text("kty") != "oct" else { throw Unfit(reason: "it isn't public") }
        guard (text("use") ?? "sig") == "sig" else { throw Unfit(reason: "its use isn't sig") }
        let fitting = try Self.algorithms(text("kty"), text("crv"), modulus: text("n"))
        guard let algorithm = text("alg") ?? fitting.first, fitting.contains(algorithm) else {
            throw Unfit(reason: "its alg is none of \(fitting.joined(separator: ", "))")
        }
        // Only what makes the key, and the algorithm always: where it is left open the first token would choose it.
        var plain = members.filter { ["kty", "crv", "n", "e", "x", "y"].contains($0.key) }
        plain["alg"] = .string(algorithm)
        plain["kid"] = .string("key")
        do {
            let key = try JSONDecoder().decode(JWK.self, from: JSONEncoder().encode(plain))
            check = try await JWTKeyCollection().add(jwk: key).getKey()
        } catch {
            throw Unfit(reason: "its parameters make no key")
        }
        id = text("kid")
        self.algorithm = algorithm
    }

    /// Why a member of a set can't be used.
    struct Unfit: Error {
        let reason: String
    }

    /// What may be signed with such a key; the first where the key doesn't say.
    private static func algorithms(_ type: String?, _ curve: String?, modulus: String?) throws(Unfit) -> [String] {
        switch (type, curve) {
        case ("RSA", _):
            guard let bytes = modulus.flatMap(Base64URL.decode)?.drop(while: { $0 == 0 }), (256...1024).contains(bytes.count) else {
                throw Unfit(reason: "its modulus must have 2048 to 8192 bits")
            }
            return ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
        case ("EC", "P-256"): return ["ES256"]
        case ("EC", "P-384"): return ["ES384"]
        case ("EC", "P-521"): return ["ES512"]
        case ("OKP", "Ed25519"): return ["EdDSA"]
        default: throw Unfit(reason: "its kty and crv are none that are known here")
        }
    }
}

extension [IdentityKey] {
    static let limit = 100

    /// - Parameter isStrict: every key must be fit; otherwise those that aren't are left out, as a set of somebody else's may grow.
    /// - Throws: ``IdentityKey/Unfit``, also for a set without a key.
    init(jwks: JSONValue, isStrict: Bool) async throws {
        guard case .array(let members)? = jwks["keys"], members.count <= Self.limit else {
            throw IdentityKey.Unfit(reason: "a JSON Web Key Set is an object with keys, a list of at most \(Self.limit)")
        }
        self = []
        for (index, member) in members.enumerated() {
            do {
                append(try await IdentityKey(jwk: member))
            } catch let unfit as IdentityKey.Unfit {
                if isStrict { throw IdentityKey.Unfit(reason: "keys[\(index)] can't be used: \(unfit.reason)") }
            }
        }
        guard !isEmpty else { throw IdentityKey.Unfit(reason: "there is no key in it that can be used") }
    }

    /// Those that may have signed a token: the one that it names, or the only one. Keys without an id, a shared secret's among them, are
    /// all tried.
    func candidates(for token: IdentityToken) -> [IdentityKey] {
        if allSatisfy({ $0.id == nil }) { return self }
        guard let id = token.keyID else { return count == 1 ? self : [] }
        return filter { $0.id == id }
    }
}
