import Testing
import WebPush

@Suite struct UserAgentKeyTests {
    @Test func aKeyComesBackFromItsBytes() throws {
        let key = UserAgentKey()
        let again = try UserAgentKey(privateKey: key.privateKeyBytes, auth: key.keys.auth)
        #expect(again.keys == key.keys)
        #expect(key.privateKeyBytes.count == 32)
        #expect(try SubscriptionKeys(p256dh: key.keys.p256dh, auth: key.keys.auth) == key.keys)
        #expect(UserAgentKey().keys != key.keys)
    }

    @Test func wrongBytesAreRefused() {
        let key = UserAgentKey().privateKeyBytes
        #expect(refusal { try UserAgentKey(privateKey: key, auth: Array(repeating: 0, count: 15)) } == .authSecretInvalid)
        #expect(refusal { try UserAgentKey(privateKey: Array(key.dropLast()), auth: Array(key.suffix(16))) } == .privateKeyInvalid)
        #expect(refusal { try UserAgentKey(privateKey: Array(repeating: 0, count: 32), auth: Array(key.suffix(16))) } == .privateKeyInvalid)
    }
}
