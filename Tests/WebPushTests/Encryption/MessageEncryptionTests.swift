import JWS
import Crypto
import PushTesting
import Testing
@testable import WebPush

@Suite struct MessageEncryptionTests {
    // MARK: RFC 8291 §5

    @Test func theExampleIsSealedByteForByte() throws {
        let keys = try SubscriptionKeys(p256dh: bytes(RFC8291.receiverPublic), auth: bytes(RFC8291.auth))
        let body = try MessageEncryption.seal(
            RFC8291.plaintext, for: keys, ephemeralKey: bytes(RFC8291.senderPrivate), salt: bytes(RFC8291.salt))
        #expect(body.count == 144)
        #expect(Base64URL.encode(body) == RFC8291.body)
    }

    @Test func theExampleIsOpened() throws {
        #expect(try MessageEncryption.open(bytes(RFC8291.body), with: RFC8291.receiver()) == RFC8291.plaintext)
    }

    @Test func theExampleHasTheseValuesInBetween() throws {
        let sender = try EphemeralKey(rawRepresentation: bytes(RFC8291.senderPrivate))
        let receiver = try RFC8291.receiver()
        let secret = try sender.sharedSecret(with: receiver.keys)
        let inputKey = MessageEncryption.inputKey(secret: secret, keys: receiver.keys, senderPublicKey: sender.publicKeyBytes)
        let cipher = RecordCipher(inputKey: inputKey, salt: try bytes(RFC8291.salt))
        #expect(Base64URL.encode(sender.publicKeyBytes) == RFC8291.senderPublic)
        #expect(Base64URL.encode(receiver.keys.p256dh) == RFC8291.receiverPublic)
        #expect(Base64URL.encode(secret) == RFC8291.sharedSecret)
        #expect(Base64URL.encode(inputKey) == RFC8291.inputKey)
        #expect(try Base64URL.encode(hmac(inputKey, key: bytes(RFC8291.salt))) == RFC8291.pseudorandomKey)
        #expect(cipher.key.withUnsafeBytes { Base64URL.encode(Array($0)) } == RFC8291.contentKey)
        #expect(Base64URL.encode(cipher.baseNonce) == RFC8291.nonce)
    }

    // MARK: any message

    @Test func everySizeAndPaddingComesBack() throws {
        var generator = SeededGenerator(seed: 8291)
        let sizes = [0, 1, 15, 16, 17, 3992, 3993] + (0..<40).map { _ in Int.random(in: 0...3993, using: &generator) }
        for size in sizes {
            let receiver = try UserAgentKey(privateKey: generator.privateKey(), auth: generator.bytes(16))
            let plaintext = generator.bytes(size)
            let paddingBytes = Int.random(in: 0...(3993 - size), using: &generator)
            let body = try MessageEncryption.seal(
                plaintext, for: receiver.keys, paddingBytes: paddingBytes, ephemeralKey: generator.privateKey(),
                salt: generator.bytes(16))
            #expect(body.count == size + paddingBytes + 103)
            #expect(try MessageEncryption.open(body, with: receiver) == plaintext)
        }
    }

    @Test func noTwoMessagesShareKeyOrSalt() throws {
        let receiver = UserAgentKey()
        let bodies = try (0..<50).map { _ in try MessageEncryption.seal([1], for: receiver.keys) }
        #expect(Set(bodies.map { $0[..<16] }).count == 50)
        #expect(Set(bodies.map { $0[21..<86] }).count == 50)
        for body in bodies { #expect(try MessageEncryption.open(body, with: receiver) == [1]) }
    }

    @Test func the3993BytesThatFitIn4096AreSealedAndOneMoreIsRefused() throws {
        let keys = UserAgentKey().keys
        let full = Array<UInt8>(repeating: 5, count: 3993)
        #expect(try MessageEncryption.seal(full, for: keys).count == 4096)
        #expect(try MessageEncryption.seal(Array(full.dropLast(93)), for: keys, paddingBytes: 93).count == 4096)
        let refused = error { try MessageEncryption.seal(full + [5], for: keys) }
        #expect(refused?.code == .payloadTooLarge)
        #expect(refused?.message.contains("3994") == true && refused?.message.contains("3993") == true)
        #expect(refusal { try MessageEncryption.seal(full, for: keys, paddingBytes: 1) } == .payloadTooLarge)
        #expect(refusal { try MessageEncryption.seal([], for: keys, paddingBytes: -1) } == .payloadTooLarge)
        #expect(refusal { try MessageEncryption.seal([], for: keys, paddingBytes: .max) } == .payloadTooLarge)
    }

    // MARK: what is refused

    @Test func otherKeysOpenNothing() throws {
        let body = try bytes(RFC8291.body)
        let otherAuth = try UserAgentKey(privateKey: bytes(RFC8291.receiverPrivate), auth: Array(repeating: 0, count: 16))
        #expect(refusal { try MessageEncryption.open(body, with: UserAgentKey()) } == .decryptionFailed)
        #expect(refusal { try MessageEncryption.open(body, with: otherAuth) } == .decryptionFailed)
    }

    /// The record size stands outside the encryption: flipping it may only be noticed or do nothing.
    @Test func aFlippedBitAnywhereIsNoticed() throws {
        let (body, receiver) = (try bytes(RFC8291.body), try RFC8291.receiver())
        for position in body.indices {
            for bit in 0..<8 {
                var flipped = body
                flipped[position] ^= 1 << UInt8(bit)
                let opened = try? MessageEncryption.open(flipped, with: receiver)
                #expect(opened == nil || (16..<20 ~= position && opened == RFC8291.plaintext), "byte \(position), bit \(bit)")
            }
        }
    }

    @Test func aBodyCutAnywhereIsRefused() throws {
        let (body, receiver) = (try bytes(RFC8291.body), try RFC8291.receiver())
        for count in body.indices {
            let expected: WebPushError.Code = count < 86 + 17 ? .contentTruncated : .decryptionFailed
            #expect(refusal { try MessageEncryption.open(Array(body[..<count]), with: receiver) } == expected, "\(count) bytes")
        }
    }

    @Test func garbageAfterTheRecordIsRefused() throws {
        let body = try bytes(RFC8291.body)
        #expect(refusal { try MessageEncryption.open(body + [0], with: RFC8291.receiver()) } == .decryptionFailed)
        let full = body + Array(repeating: 0, count: 4096)
        #expect(refusal { try MessageEncryption.open(full, with: RFC8291.receiver()) } == .contentHasSeveralRecords)
    }

    @Test func aKeyIDThatIsNoPointOnTheCurveIsRefused() throws {
        let body = try bytes(RFC8291.body)
        var offCurve = body
        offCurve[85] ^= 1
        var compressed = Array(body[..<20])
        compressed += [33, 2] + body[22..<54] + body[86...]
        let none = body[..<20] + [0] + body[86...]
        for wrong in [offCurve, compressed, Array(none)] {
            #expect(refusal { try MessageEncryption.open(wrong, with: RFC8291.receiver()) } == .keyIDInvalid)
        }
    }

    @Test func wrongKeysOfATrustedSubscriptionAreRefusedNotFatal() throws {
        let p256dh = try bytes(RFC8291.receiverPublic)
        let auth = Array<UInt8>(repeating: 1, count: 16)
        for wrong in [[], Array(p256dh.dropLast()), p256dh.dropLast() + [p256dh[64] ^ 1], [0] + p256dh.dropFirst()] {
            let keys = SubscriptionKeys(trustedP256dh: wrong, auth: auth)
            #expect(refusal { try MessageEncryption.seal([1], for: keys) } == .publicKeyInvalid)
        }
        let shortAuth = SubscriptionKeys(trustedP256dh: p256dh, auth: [1])
        #expect(refusal { try MessageEncryption.seal([1], for: shortAuth) } == .authSecretInvalid)
    }

    @Test func wrongChosenRandomnessIsRefused() throws {
        let (key, keys) = (try bytes(RFC8291.senderPrivate), UserAgentKey().keys)
        #expect(refusal { try MessageEncryption.seal([1], for: keys, ephemeralKey: key, salt: [1]) } == .saltInvalid)
        let zero = Array<UInt8>(repeating: 0, count: 32)
        for wrong in [zero, Array(repeating: 255, count: 32), [1]] {
            #expect(refusal { try MessageEncryption.seal([1], for: keys, ephemeralKey: wrong, salt: Array(key.suffix(16))) } == .privateKeyInvalid)
        }
    }
}
