import PushService
import Testing

@Suite struct CapabilitySealerTests {
    private let purpose = CapabilitySealer.Purpose("test")
    private let content: [UInt8] = Array(0..<32)

    @Test func aTokenOpensToWhatWasSealed() {
        let token = CapabilitySealer.test.seal(content, for: purpose)
        #expect(CapabilitySealer.test.open(token, for: purpose) == content)
        #expect(token.utf8.count == 80)
    }

    @Test func theSameContentGivesTheSameToken() {
        #expect(CapabilitySealer.test.seal(content, for: purpose) == CapabilitySealer.test.seal(content, for: purpose))
        #expect(CapabilitySealer.test.seal(content, for: purpose) != CapabilitySealer.test.seal([1], for: purpose))
    }

    @Test(arguments: 0...34)
    func noCharacterOfATokenCanBeChanged(_ contentBytes: Int) {
        let token = Array(CapabilitySealer.test.seal([UInt8](repeating: 7, count: contentBytes), for: purpose).utf8)
        for index in token.indices {
            for replacement in Array("ABab01-_+/=".utf8) where replacement != token[index] {
                var forged = token
                forged[index] = replacement
                #expect(CapabilitySealer.test.open(String(decoding: forged, as: UTF8.self), for: purpose) == nil)
            }
        }
    }

    @Test func nothingCanBeAddedOrTakenAway() {
        let token = CapabilitySealer.test.seal(content, for: purpose)
        for forged in ["", "A", token + "A", token + "=", "=" + token, " " + token, String(token.dropLast()), token + token] {
            #expect(CapabilitySealer.test.open(forged, for: purpose) == nil)
        }
    }

    @Test func aTokenServesItsPurposeOnly() {
        let token = CapabilitySealer.test.seal(content, for: purpose)
        #expect(CapabilitySealer.test.open(token, for: .init("another")) == nil)
    }

    @Test func keysAreRetiredWithoutBreakingTheirTokens() {
        let old = CapabilitySealer.sealer(1), both = CapabilitySealer.sealer(2, 1), new = CapabilitySealer.sealer(2)
        let oldToken = old.seal(content, for: purpose)
        #expect(both.open(oldToken, for: purpose) == content)
        #expect(new.open(oldToken, for: purpose) == nil)
        #expect(both.seal(content, for: purpose) == new.seal(content, for: purpose))
        #expect(old.open(both.seal(content, for: purpose), for: purpose) == nil)
    }

    @Test(arguments: [[], [[]], [[UInt8](repeating: 1, count: 31)], [[UInt8](repeating: 1, count: 32), [1]]] as [[[UInt8]]])
    func keysOfAnotherLengthAreRefused(_ keys: [[UInt8]]) {
        let error = #expect(throws: PushServiceError.self) { try CapabilitySealer(keys: keys) }
        #expect(error?.code == .invalidKeys)
        #expect(error?.message.contains("32 bytes") == true)
    }
}
