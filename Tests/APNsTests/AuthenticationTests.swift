import APNs
import Crypto
import Foundation
import JWS
import Testing

@Suite struct KeyTests {
    private let privateKey = P256.Signing.PrivateKey()

    @Test func aProviderTokenIsWhatAppleWants() throws {
        let key = try APNsKey(teamID: "TEAM123456", keyID: "KEY1234567", privateKeyPEM: privateKey.pemRepresentation)
        let token = try key.providerToken(issuedAt: Date(timeIntervalSince1970: 1_800_000_000.7))
        let parts = token.value.split(separator: ".").map(String.init)
        func text(_ part: String) throws -> String { String(decoding: try #require(Base64URL.decode(part)), as: UTF8.self) }
        #expect(try text(parts[0]) == #"{"alg":"ES256","kid":"KEY1234567"}"#)
        #expect(try text(parts[1]) == #"{"iss":"TEAM123456","iat":1800000000}"#)
        let raw = try #require(Base64URL.decode(parts[2]))
        #expect(raw.count == 64, "R and S, not DER")
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: raw)
        #expect(privateKey.publicKey.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8)))
        #expect(token.authorization == "bearer \(token.value)")
    }

    @Test func aKeyThatCannotBeIsNamed() {
        let pem = privateKey.pemRepresentation
        for (team, key, text, field) in [
            ("TEAM12345", "KEY1234567", pem, "team_id"), ("TEAM123456", "KEY12345678", pem, "key_id"), ("TEAM123456", "KEY\"234567", pem, "key_id"),
            ("TEAM12345é", "KEY1234567", pem, "team_id"), ("TEAM123456", "KEY1234567", "secret words", "private_key"),
            ("TEAM123456", "KEY1234567", P384.Signing.PrivateKey().pemRepresentation, "private_key"),
        ] {
            let error = #expect(throws: APNsError.self) { try APNsKey(teamID: team, keyID: key, privateKeyPEM: text) }
            #expect(error?.field == field)
            #expect(error?.description.contains("secret words") != true, "a message quotes no secret")
        }
    }
}

/// What happens to one key's tokens, minute by minute.
@Suite struct ProviderTokenStateTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func at(_ minute: Double) -> Date { start.addingTimeInterval(minute * 60) }

    /// Asks as a caller does, and signs when told to.
    private func token(_ state: inout APNsProviderTokenState, _ minute: Double) -> String {
        switch state.ask(now: at(minute)) {
        case .use(let token): return token.value
        case .sign:
            let token = APNsProviderToken(value: "of \(Int(minute))", issuedAt: at(minute))
            state.signed(token)
            return token.value
        }
    }

    private func made(_ minute: Double) -> APNsProviderToken { APNsProviderToken(value: "of \(Int(minute))", issuedAt: at(minute)) }

    @Test func aTokenServesFiftyMinutes() {
        var state = APNsProviderTokenState()
        #expect(token(&state, 0) == "of 0")
        #expect(token(&state, 1) == "of 0")
        #expect(token(&state, 49.9) == "of 0")
        #expect(token(&state, 50) == "of 50")
        #expect(token(&state, 99) == "of 50")
        #expect(token(&state, 500) == "of 500")
    }

    @Test func anExpiredTokenIsRenewedOnce() {
        var state = APNsProviderTokenState()
        _ = token(&state, 0)
        #expect(state.expired(made(0), now: at(25)) == .renewed)
        #expect(state.expired(made(0), now: at(25)) == .renewed, "many hear of it at once")
        #expect(token(&state, 25) == "of 25")
        #expect(state.expired(made(0), now: at(26)) == .renewed, "somebody was slow")
        #expect(token(&state, 26) == "of 25", "the new one stays")
    }

    @Test func thereIsNoSecondTokenWithinTwentyMinutes() {
        var state = APNsProviderTokenState()
        _ = token(&state, 0)
        #expect(state.expired(made(0), now: at(19.9)) == .clockIsWrong)
        #expect(token(&state, 19.9) == "of 0")
        #expect(state.expired(made(0), now: at(20)) == .renewed)
        #expect(token(&state, 20) == "of 20")
        #expect(state.expired(made(20), now: at(21)) == .clockIsWrong)
        #expect(token(&state, 39) == "of 20")
    }

    @Test func afterTooManyUpdatesTheOlderTokenGoesOn() {
        var state = APNsProviderTokenState()
        _ = token(&state, 0)
        #expect(token(&state, 50) == "of 50")
        state.tooManyUpdates(made(50), now: at(51))
        #expect(token(&state, 51) == "of 0")
        state.tooManyUpdates(made(50), now: at(52))
        #expect(token(&state, 70.9) == "of 0", "no new one for 20 minutes")
        #expect(token(&state, 71) == "of 71")
    }

    @Test func withoutAnOlderTokenTheNewOneStays() {
        var state = APNsProviderTokenState()
        _ = token(&state, 0)
        state.tooManyUpdates(made(0), now: at(45))
        #expect(token(&state, 55) == "of 0", "past its renewal")
        #expect(token(&state, 65) == "of 65")
    }

    @Test func aClockSetBackMakesTheTokenWorthless() {
        var state = APNsProviderTokenState()
        _ = token(&state, 60)
        #expect(token(&state, 59.5) == "of 60", "clocks differ a little")
        #expect(token(&state, 0) == "of 0")
    }
}
