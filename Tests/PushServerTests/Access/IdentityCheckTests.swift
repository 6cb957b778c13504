import Crypto
import CryptoExtras
import Foundation
import HTTPTransport
import JSON
import JWS
import Testing

@testable import PushServer

/// Whose token is believed, and whose isn't.
@Suite struct IdentityCheckTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let secret = "a shared secret of more than 32 bytes"
    private let rsa: SigningKey
    private let p256 = SigningKey.p256(P256.Signing.PrivateKey())
    private let ed25519 = SigningKey.ed25519(Curve25519.Signing.PrivateKey())

    init() throws { rsa = .rsa(try #require(SigningKey.sharedRSA)) }

    private func checker(_ settings: IdentitySettings) async throws -> IdentityChecker {
        try await IdentityChecker(try await settings.checked(), transport: NoTransport())
    }

    private func checker(_ keys: [JSONValue]) async throws -> IdentityChecker {
        try await checker(IdentitySettings(jwks: .object(["keys": .array(keys)])))
    }

    private func refusal(_ checker: IdentityChecker, _ token: String) async -> IdentityRefusal? {
        await #expect(throws: IdentityRefusal.self) { try await checker.user(of: token, now: now) }
    }

    @Test func everyKindOfKeyIsUnderstood() async throws {
        let set = try await checker([try rsa.jwk(id: "r"), try p256.jwk(id: "p"), try ed25519.jwk(id: "e")])
        for (key, id) in [(rsa, "r"), (p256, "p"), (ed25519, "e")] {
            #expect(try await set.user(of: signedIdentity(key, kid: id, now: now), now: now) == "ann")
        }
        let shared = try await checker(IdentitySettings(secret: secret))
        #expect(try await shared.user(of: signedIdentity(.secret(secret), kid: "any", now: now), now: now) == "ann")
    }

    @Test(arguments: [(32, ["HS256"]), (47, ["HS256"]), (48, ["HS256", "HS384"]), (64, ["HS256", "HS384", "HS512"])])
    func aSecretServesTheDigestsThatAreNotLongerThanIt(_ bytes: Int, _ expected: [String]) async throws {
        let checker = try await checker(IdentitySettings(secret: String(repeating: "s", count: bytes)))
        #expect(await checker.keyLabels().map(\.algorithm) == expected)
    }

    @Test func aTokenSignedByAnotherKeyIsNot() async throws {
        let set = try await checker([try p256.jwk(id: "p")])
        let other = SigningKey.p256(P256.Signing.PrivateKey())
        #expect(await refusal(set, try signedIdentity(other, kid: "p", now: now)) == .untrusted)
        let shared = try await checker(IdentitySettings(secret: secret))
        #expect(await refusal(shared, try signedIdentity(.secret(secret + "!"), now: now)) == .untrusted)
    }

    @Test func aTokenCannotChooseHowItIsChecked() async throws {
        let set = try await checker([try rsa.jwk(id: "r")])
        let shared = try await checker(IdentitySettings(secret: secret))
        guard case .rsa(let pair) = rsa else { return }
        for publicHalf in [pair.publicKey.pemRepresentation, try rsa.modulus] {
            #expect(await refusal(set, try signedIdentity(.secret(publicHalf), kid: "r", now: now)) == .untrusted)
        }
        for algorithm in ["none", "None", "", "HS256", "RS384", "PS256", "ES256", "nonsense"] {
            #expect(await refusal(set, try signedIdentity(rsa, kid: "r", algorithm: algorithm, now: now)) == .untrusted)
        }
        for algorithm in ["none", "RS256", "HS384"] {
            #expect(await refusal(shared, try signedIdentity(.secret(secret), algorithm: algorithm, now: now)) == .untrusted)
        }
        let unsigned = try signedIdentity(rsa, kid: "r", algorithm: "none", now: now)
        #expect(await refusal(set, unsigned.split(separator: ".").prefix(2).joined(separator: ".") + ".") == .untrusted)
    }

    @Test func whatWasChangedAfterSigningIsNotBelieved() async throws {
        let shared = try await checker(IdentitySettings(secret: secret))
        let ann = try signedIdentity(.secret(secret), now: now).split(separator: ".")
        let bob = try signedIdentity(.secret("x"), claims: ["sub": .string("bob")], now: now).split(separator: ".")
        #expect(await refusal(shared, "\(ann[0]).\(bob[1]).\(ann[2])") == .untrusted)
    }

    @Test func aKeyIsFoundByItsIDAlone() async throws {
        let set = try await checker([try rsa.jwk(id: "r"), try p256.jwk(id: "p")])
        #expect(await refusal(set, try signedIdentity(p256, kid: "unknown", now: now)) == .untrusted)
        #expect(await refusal(set, try signedIdentity(p256, kid: "r", now: now)) == .untrusted)
        #expect(await refusal(set, try signedIdentity(p256, now: now)) == .untrusted, "several keys, and none is named")
        let only = try await checker([try p256.jwk(id: "p")])
        #expect(try await only.user(of: signedIdentity(p256, now: now), now: now) == "ann")
    }

    @Test(arguments: [(-61, IdentityRefusal.expired), (-59, nil), (1, nil)])
    func anEndHasAMinuteOfLeeway(_ seconds: Int, _ expected: IdentityRefusal?) async throws {
        let shared = try await checker(IdentitySettings(secret: secret))
        let token = try signedIdentity(.secret(secret), claims: ["exp": moment(seconds)], now: now)
        if let expected { #expect(await refusal(shared, token) == expected) } else { _ = try await shared.user(of: token, now: now) }
    }

    @Test(arguments: [(61, IdentityRefusal.early), (59, nil), (-1, nil)])
    func aBeginningToo(_ seconds: Int, _ expected: IdentityRefusal?) async throws {
        let shared = try await checker(IdentitySettings(secret: secret))
        let token = try signedIdentity(.secret(secret), claims: ["nbf": moment(seconds)], now: now)
        if let expected { #expect(await refusal(shared, token) == expected) } else { _ = try await shared.user(of: token, now: now) }
    }

    private func moment(_ seconds: Int) -> JSONValue { .number(now.timeIntervalSince1970 + Double(seconds) + 0.5) }

    @Test func issuerAndAudienceAreCheckedWhereTheyAreSet() async throws {
        let shared = try await checker(IdentitySettings(secret: secret, issuer: "https://id.example", audience: "herald"))
        let good: [String: JSONValue] = ["iss": .string("https://id.example"), "aud": .array([.string("shop"), .string("herald")])]
        func token(_ change: [String: JSONValue]) throws -> String {
            try signedIdentity(.secret(secret), claims: good.merging(change) { $1 }, now: now)
        }
        #expect(try await shared.user(of: token([:]), now: now) == "ann")
        #expect(try await shared.user(of: token(["aud": .string("herald")]), now: now) == "ann")
        for wrong in [JSONValue.null, .string("https://id.example/"), .integer(1)] {
            #expect(await refusal(shared, try token(["iss": wrong])) == .wrongIssuer)
        }
        for wrong in [JSONValue.null, .string("shop"), .array([]), .array([.integer(1)]), .object(["herald": .bool(true)])] {
            #expect(await refusal(shared, try token(["aud": wrong])) == .wrongAudience)
        }
    }

    @Test(arguments: [
        "", ".", "..", "a.b.c", "e30.e30.e30", "not a token", "{}", String(repeating: "a", count: 8193), "🦔.🦔.🦔",
        String(repeating: ".", count: 8000),
    ])
    func garbageIsMalformed(_ text: String) async throws {
        #expect(await refusal(try await checker(IdentitySettings(secret: secret)), text) == .malformed)
    }

    @Test(arguments: [
        ["sub": JSONValue.null], ["sub": .string("")], ["sub": .integer(7)], ["sub": .string(String(repeating: "u", count: 257))],
        ["exp": .null], ["exp": .string("2030-01-01")], ["nbf": .string("now")], ["big": .string(String(repeating: "x", count: 8192))],
    ] as [[String: JSONValue]])
    func aSignedTokenWithoutWhatIsNeededIsMalformed(_ claims: [String: JSONValue]) async throws {
        let token = try signedIdentity(.secret(secret), claims: claims, now: now)
        #expect(await refusal(try await checker(IdentitySettings(secret: secret)), token) == .malformed)
    }

    @Test func whatIsCalledCriticalIsNotUnderstood() async throws {
        let token = try signedIdentity(.secret(secret), header: ["crit": .array([.string("b64")]), "b64": .bool(false)], now: now)
        #expect(await refusal(try await checker(IdentitySettings(secret: secret)), token) == .malformed)
    }

    // MARK: Settings

    private func field(_ settings: IdentitySettings) async -> String? {
        await #expect(throws: Problem.self) { try await settings.checked() }?.field
    }

    @Test func settingsThatWouldNotDoAreNamed() async throws {
        #expect(await field(IdentitySettings()) == "secret")
        #expect(await field(IdentitySettings(secret: secret, jwksURL: "https://id.example/keys")) == "secret")
        #expect(await field(IdentitySettings(secret: String(repeating: "s", count: 31))) == "secret")
        guard case .rsa(let pair) = rsa else { return }
        #expect(await field(IdentitySettings(secret: pair.publicKey.pemRepresentation)) == "secret")
        #expect(await field(IdentitySettings(jwksURL: "http://id.example/keys")) == "jwks_url")
        #expect(await field(IdentitySettings(secret: secret, issuer: "")) == "issuer")
        #expect(await field(IdentitySettings(secret: secret, audience: String(repeating: "a", count: 2049))) == "audience")
    }

    @Test func keysThatWouldNotDoAreNamed() async throws {
        func problem(_ keys: [JSONValue]) async -> String? {
            let settings = IdentitySettings(jwks: .object(["keys": .array(keys)]))
            return await #expect(throws: Problem.self) { try await settings.checked() }?.detail
        }
        #expect(await problem([])?.contains("no key") == true)
        #expect(await problem([try SigningKey.secret(secret).jwk(id: "s")])?.contains("isn't public") == true)
        #expect(await problem([try p256.jwk(id: "p"), try p256.jwk(id: "q", more: ["d": .string("AA")])])?.contains("keys[1]") == true)
        #expect(await problem([try p256.jwk(id: "p", more: ["use": .string("enc")])])?.contains("use") == true)
        #expect(await problem([try p256.jwk(id: "p", more: ["alg": .string("RS256")])])?.contains("ES256") == true)
        #expect(await problem([.object(["kty": .string("EC"), "crv": .string("P-256"), "x": .string("AA"), "y": .string("AA")])]) != nil)
        #expect(await problem([.object(["kty": .string("RSA"), "n": .string("AQAB"), "e": .string("AQAB")])])?.contains("2048") == true)
        #expect(await problem([.string("key")]) != nil)
        #expect(await field(IdentitySettings(jwks: .array([]))) == "jwks")
    }
}

extension SigningKey {
    fileprivate var modulus: String {
        get throws { if case .string(let text)? = try jwk(id: nil)["n"] { text } else { "" } }
    }
}

struct NoTransport: Transport {
    func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply {
        throw TransportError(.unreachable, "there is nothing")
    }
}
