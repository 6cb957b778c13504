import Crypto
import CryptoExtras
import JWS

@testable import PushSimulators

/// Keys and tokens like a client's.
enum Signing {
    static let ecKey = P256.Signing.PrivateKey()
    static let otherECKey = P256.Signing.PrivateKey()
    static let rsaKey = makeRSAKey()
    static let otherRSAKey = makeRSAKey()

    private static func makeRSAKey() -> _RSA.Signing.PrivateKey {
        do { return try _RSA.Signing.PrivateKey(keySize: .bits2048) } catch { fatalError("no RSA key: \(error)") }
    }

    static func es256(_ header: String, _ claims: String, by key: P256.Signing.PrivateKey = ecKey, inDER: Bool = false) throws -> String {
        try CompactJWS.token(header: header, payload: claims) { input throws in
            let signature = try key.signature(for: input)
            return Array(inDER ? signature.derRepresentation : signature.rawRepresentation)
        }
    }

    static func rsa(
        _ header: String, _ claims: String, padding: _RSA.Signing.Padding, by key: _RSA.Signing.PrivateKey = rsaKey
    ) throws -> String {
        try CompactJWS.token(header: header, payload: claims) { input throws in
            Array(try key.signature(for: SHA256.hash(data: input), padding: padding).rawRepresentation)
        }
    }
}

extension SimulatorRequest {
    /// Replaces a header; nil takes it away.
    mutating func set(_ name: String, _ value: String?) {
        headers.removeAll { $0.name == name }
        if let value { headers.append((name, value)) }
    }

    mutating func add(_ name: String, _ value: String) { headers.append((name, value)) }

    var bodyText: String {
        get { String(decoding: body, as: UTF8.self) }
        set { body = Array(newValue.utf8) }
    }
}
