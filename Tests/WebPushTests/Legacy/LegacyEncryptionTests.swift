import JWS
import Crypto
import PushTesting
import Testing
@testable import WebPush

@Suite struct LegacyEncryptionTests {
    private func example() throws -> LegacyMessage {
        try LegacyMessage(
            body: bytes(LegacyExample.body), encryption: "salt=\(LegacyExample.salt)", cryptoKey: "dh=\(LegacyExample.senderPublic)")
    }

    // MARK: draft-ietf-webpush-encryption-04 §5

    @Test func theExampleIsSealedByteForByte() throws {
        let keys = try SubscriptionKeys(p256dh: bytes(LegacyExample.receiverPublic), auth: bytes(LegacyExample.auth))
        let message = try LegacyEncryption.seal(
            LegacyExample.plaintext, for: keys, paddingBytes: 0,
            ephemeralKey: EphemeralKey(rawRepresentation: bytes(LegacyExample.senderPrivate)), salt: bytes(LegacyExample.salt))
        #expect(Base64URL.encode(message.body) == LegacyExample.body)
        #expect(message.encryption == "salt=\(LegacyExample.salt)")
        #expect(message.cryptoKey == "dh=\(LegacyExample.senderPublic)")
    }

    @Test func theExampleIsOpened() throws {
        #expect(try LegacyEncryption.open(example(), with: LegacyExample.receiver()) == LegacyExample.plaintext)
    }

    @Test func theExampleHasTheseValuesInBetween() throws {
        let (sender, receiver) = (try EphemeralKey(rawRepresentation: bytes(LegacyExample.senderPrivate)), try LegacyExample.receiver())
        let secret = try sender.sharedSecret(with: receiver.keys)
        let cipher = RecordCipher(
            legacySecret: secret, keys: receiver.keys, senderPublicKey: sender.publicKeyBytes, salt: try bytes(LegacyExample.salt))
        #expect(Base64URL.encode(secret) == LegacyExample.sharedSecret)
        #expect(cipher.key.withUnsafeBytes { Base64URL.encode(Array($0)) } == LegacyExample.contentKey)
        #expect(Base64URL.encode(cipher.baseNonce) == LegacyExample.nonce)
    }

    // MARK: any message

    @Test func everySizeAndPaddingComesBackThroughItsHeaders() throws {
        var generator = SeededGenerator(seed: 4)
        for size in [0, 1, 15, 16, 2000, 4077, 4078] {
            let receiver = try UserAgentKey(privateKey: generator.privateKey(), auth: generator.bytes(16))
            let plaintext = generator.bytes(size)
            let paddingBytes = Int.random(in: 0...(4078 - size), using: &generator)
            let sent = try LegacyEncryption.seal(plaintext, for: receiver.keys, paddingBytes: paddingBytes)
            #expect(sent.body.count == size + paddingBytes + 18)
            let arrived = try LegacyMessage(body: sent.body, encryption: sent.encryption, cryptoKey: sent.cryptoKey)
            #expect(try LegacyEncryption.open(arrived, with: receiver) == plaintext)
        }
        #expect(refusal { try LegacyEncryption.seal(generator.bytes(4079), for: UserAgentKey().keys) } == .payloadTooLarge)
        #expect(refusal { try LegacyEncryption.seal([], for: UserAgentKey().keys, paddingBytes: 4079) } == .payloadTooLarge)
        let wrong = SubscriptionKeys(trustedP256dh: UserAgentKey().keys.p256dh, auth: [])
        #expect(refusal { try LegacyEncryption.seal([1], for: wrong) } == .authSecretInvalid)
    }

    // MARK: headers as they are written

    @Test(arguments: [
        "dh=KEY", "dh=KEY;p256ecdsa=BA1H", "p256ecdsa=BA1H,dh=KEY", "p256ecdsa=BA1H, dh=\"KEY\"", "DH=KEY", "dh=KEY==",
        "keyid=p256dh;dh=KEY", " dh = KEY ; p256ecdsa=\"x\"",
    ])
    func theSendersKeyIsFoundHoweverItIsWritten(_ header: String) throws {
        let cryptoKey = header.replacing("KEY", with: LegacyExample.senderPublic)
        let message = try LegacyMessage(body: bytes(LegacyExample.body), encryption: "salt=\(LegacyExample.salt)", cryptoKey: cryptoKey)
        #expect(try LegacyEncryption.open(message, with: LegacyExample.receiver()) == LegacyExample.plaintext)
    }

    @Test(arguments: ["salt=SALT;rs=4096", "keyid=\"p256dh\"; salt=\"SALT\"; rs=\"4096\"", "Salt=SALT==", "rs=100,salt=SALT"])
    func theSaltIsFoundHoweverItIsWritten(_ header: String) throws {
        let encryption = header.replacing("SALT", with: LegacyExample.salt)
        let message = try LegacyMessage(
            body: bytes(LegacyExample.body), encryption: encryption, cryptoKey: "dh=\(LegacyExample.senderPublic)")
        #expect(try LegacyEncryption.open(message, with: LegacyExample.receiver()) == LegacyExample.plaintext)
    }

    @Test func wrongHeadersAreRefused() {
        func code(_ encryption: String, _ cryptoKey: String) -> WebPushError.Code? {
            refusal { try LegacyMessage(body: [], encryption: encryption, cryptoKey: cryptoKey) }
        }
        let (salt, key) = ("salt=\(LegacyExample.salt)", "dh=\(LegacyExample.senderPublic)")
        #expect(code("", key) == .saltInvalid)
        #expect(code("salt=AAAA", key) == .saltInvalid)
        #expect(code("salt=?", key) == .saltInvalid)
        for size in ["2", "-1", "x", "99999999999999999999"] { #expect(code("\(salt);rs=\(size)", key) == .recordSizeInvalid) }
        #expect(code(salt, "") == .headerMalformed)
        #expect(code(salt, "p256ecdsa=BA1H") == .headerMalformed)
        #expect(code(salt, "dh=?") == .headerMalformed)
    }

    // MARK: what is refused

    @Test func aFlippedBitAnywhereIsNoticed() throws {
        let (message, receiver) = (try example(), try LegacyExample.receiver())
        for position in message.body.indices {
            var body = message.body
            body[position] ^= 1 << UInt8(position % 8)
            let flipped = LegacyMessage(body: body, salt: message.salt, senderPublicKey: message.senderPublicKey)
            #expect(refusal { try LegacyEncryption.open(flipped, with: receiver) } == .decryptionFailed)
        }
        #expect(refusal { try LegacyEncryption.open(message, with: UserAgentKey()) } == .decryptionFailed)
    }

    @Test func aWrongSenderKeyOrLengthIsRefused() throws {
        let (message, receiver) = (try example(), try LegacyExample.receiver())
        func code(_ body: [UInt8], _ key: [UInt8], recordSize: Int = 4096) -> WebPushError.Code? {
            let changed = LegacyMessage(body: body, salt: message.salt, recordSize: recordSize, senderPublicKey: key)
            return refusal { try LegacyEncryption.open(changed, with: receiver) }
        }
        #expect(code(message.body, []) == .keyIDInvalid)
        #expect(code(message.body, message.senderPublicKey.dropLast() + [0]) == .keyIDInvalid)
        #expect(code(Array(message.body.prefix(16)), message.senderPublicKey) == .contentTruncated)
        #expect(code(message.body, message.senderPublicKey, recordSize: 17) == .contentHasSeveralRecords)
    }

    @Test(arguments: [[0], [0, 1], [0, 1, 7], [255, 255, 0]] as [[UInt8]])
    func wrongPaddingIsRefused(_ record: [UInt8]) throws {
        let (sender, receiver) = (EphemeralKey.random(), UserAgentKey())
        let salt = Array<UInt8>(repeating: 3, count: 16)
        let cipher = RecordCipher(
            legacySecret: try sender.sharedSecret(with: receiver.keys), keys: receiver.keys,
            senderPublicKey: sender.publicKeyBytes, salt: salt)
        var body: [UInt8] = []
        try cipher.seal(record, into: &body)
        let message = LegacyMessage(body: body, salt: salt, senderPublicKey: sender.publicKeyBytes)
        #expect(refusal { try LegacyEncryption.open(message, with: receiver) } == .paddingInvalid)
    }
}
