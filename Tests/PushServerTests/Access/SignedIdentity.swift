import Crypto
import CryptoExtras
import Foundation
import JSON
import JWS

/// Identity tokens as an App's own server makes them, with libraries that are not what checks them.
enum SigningKey: Sendable {
    case secret(String)
    case rsa(_RSA.Signing.PrivateKey)
    case p256(P256.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)

    /// One pair for all tests: making one takes a while.
    static let sharedRSA = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    var algorithm: String {
        switch self {
        case .secret: "HS256"
        case .rsa: "RS256"
        case .p256: "ES256"
        case .ed25519: "EdDSA"
        }
    }

    func signature(of input: [UInt8]) throws -> [UInt8] {
        switch self {
        case .secret(let secret):
            Array(HMAC<SHA256>.authenticationCode(for: input, using: SymmetricKey(data: Array(secret.utf8))))
        case .rsa(let key): Array(try key.signature(for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5).rawRepresentation)
        case .p256(let key): Array(try key.signature(for: input).rawRepresentation)
        case .ed25519(let key): Array(try key.signature(for: input))
        }
    }

    /// Its public half as a member of a key set.
    func jwk(id: String?, more: [String: JSONValue] = [:]) throws -> JSONValue {
        var members = more.merging(try publicMembers()) { $1 }
        if let id { members["kid"] = .string(id) }
        return .object(members)
    }

    private func publicMembers() throws -> [String: JSONValue] {
        switch self {
        case .secret(let secret): ["kty": .string("oct"), "k": .string(Base64URL.encode(secret.utf8))]
        case .rsa(let key):
            try key.publicKey.getKeyPrimitives().members
        case .p256(let key):
            [
                "kty": .string("EC"), "crv": .string("P-256"),
                "x": .string(Base64URL.encode(key.publicKey.rawRepresentation.prefix(32))),
                "y": .string(Base64URL.encode(key.publicKey.rawRepresentation.suffix(32))),
            ]
        case .ed25519(let key):
            ["kty": .string("OKP"), "crv": .string("Ed25519"), "x": .string(Base64URL.encode(key.publicKey.rawRepresentation))]
        }
    }
}

extension _RSA.Signing.PublicKey.Primitives {
    fileprivate var members: [String: JSONValue] {
        ["kty": .string("RSA"), "n": .string(Base64URL.encode(modulus)), "e": .string(Base64URL.encode(publicExponent))]
    }
}

/// A token with a member or two that are not as they should be.
func signedIdentity(
    _ key: SigningKey, kid: String? = nil, algorithm: String? = nil, header: [String: JSONValue] = [:],
    claims: [String: JSONValue] = [:], now: Date
) throws -> String {
    var all: [String: JSONValue] = ["sub": .string("ann"), "exp": .integer(Int64(now.timeIntervalSince1970) + 600)]
    for (name, value) in claims { all[name] = value == .null ? nil : value }
    var head = header.merging(["alg": .string(algorithm ?? key.algorithm), "typ": .string("JWT")]) { given, _ in given }
    if let kid { head["kid"] = .string(kid) }
    return try CompactJWS.token(header: json(head), payload: json(all), sign: key.signature)
}

private func json(_ members: [String: JSONValue]) throws -> String {
    String(decoding: try JSONEncoder().encode(members), as: UTF8.self)
}
