import Crypto
import PushTesting
import Testing
@testable import WebPush

@Suite struct EncryptedContentTests {
    private let walrus = Array("I am the walrus".utf8)

    // MARK: RFC 8188 §3.1: one record

    private let oneKey = "yqdlZ-tYemfogSmv7Ws5PQ"
    private let oneSalt = "I1BsxtFttlv3u_Oo94xnmw"
    private let oneBody = "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg"

    @Test func theExampleWithOneRecordIsSealedAndOpened() throws {
        let header = try EncryptedContentHeader(salt: bytes(oneSalt), recordSize: 4096, keyID: [])
        #expect(try EncryptedContent.seal(walrus, inputKey: bytes(oneKey), header: header) == bytes(oneBody))
        #expect(try EncryptedContent.open(bytes(oneBody), inputKey: bytes(oneKey)) == walrus)
    }

    @Test func theExampleWithOneRecordHasTheseKeys() throws {
        #expect(try hmac(bytes(oneKey), key: bytes(oneSalt)) == bytes("zyeH5phsIsgUyd4oiSEIy35x-gIi4aM7y0hCF8mwn9g"))
        let cipher = RecordCipher(inputKey: try bytes(oneKey), salt: try bytes(oneSalt))
        #expect(try cipher.key.withUnsafeBytes { Array($0) } == bytes("_wniytB-ofscZDh4tbSjHw"))
        #expect(try cipher.baseNonce == bytes("Bcs8gkIRKLI8GeI8"))
    }

    // MARK: RFC 8188 §3.2: two records, padding, a key id

    private let twoKey = "BO3ZVPxUlnLORbVGMpbT1Q"
    private let twoSalt = "uNCkWiNYzKTnBN9ji3-qWA"
    private let twoBody =
        "uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA"

    @Test func theExampleWithTwoRecordsIsSealedAndOpened() throws {
        let header = try EncryptedContentHeader(salt: bytes(twoSalt), recordSize: 25, keyID: Array("a1".utf8))
        #expect(try EncryptedContent.seal(walrus, inputKey: bytes(twoKey), header: header, paddingBytes: 1) == bytes(twoBody))
        #expect(try EncryptedContentHeader(of: bytes(twoBody)) == header)
        #expect(try EncryptedContent.open(bytes(twoBody), inputKey: bytes(twoKey)) == walrus)
    }

    @Test func theExampleWithTwoRecordsHasTheseKeys() throws {
        #expect(try hmac(bytes(twoKey), key: bytes(twoSalt)) == bytes("mNHRBFh-eOCdAdmmuVtym8Hf44ov7FPsQZ3f4knYjHE"))
        let cipher = RecordCipher(inputKey: try bytes(twoKey), salt: try bytes(twoSalt))
        #expect(try cipher.key.withUnsafeBytes { Array($0) } == bytes("u_eEOTjjVWUVrH82pQNwpw"))
        #expect(try cipher.baseNonce == bytes("VqylG1rdt-mJrNgP"))
        #expect(try cipher.open(bytes(twoBody)[23..<48], index: 0) == Array("I am th".utf8) + [1, 0])
        #expect(try cipher.open(bytes(twoBody)[48...], index: 1) == Array("e walrus".utf8) + [2])
    }

    @Test func aRecordsNumberGoesIntoTheLast64BitsOfTheNonce() {
        let cipher = RecordCipher(key: Array(repeating: 0, count: 16), baseNonce: Array(repeating: 0xF0, count: 12))
        #expect(cipher.nonceBytes(0x0102_0304_0506_0708).suffix(8) == [0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8])
        #expect(cipher.nonceBytes(.max).prefix(4) == [0xF0, 0xF0, 0xF0, 0xF0])
    }

    // MARK: any content

    @Test func everyLengthPaddingAndRecordSizeComesBack() throws {
        var generator = SeededGenerator(seed: 8188)
        for _ in 0..<300 {
            let (key, plaintext) = (generator.bytes(16), generator.bytes(.random(in: 0...120, using: &generator)))
            let header = try EncryptedContentHeader(
                salt: generator.bytes(16), recordSize: .random(in: 18...60, using: &generator),
                keyID: generator.bytes(.random(in: 0...255, using: &generator)))
            let paddingBytes = Int.random(in: 0...80, using: &generator)
            let body = try EncryptedContent.seal(plaintext, inputKey: key, header: header, paddingBytes: paddingBytes)
            #expect(try EncryptedContent.open(body, inputKey: key) == plaintext)
            let records = max(1, (plaintext.count + paddingBytes + header.recordSize - 18) / (header.recordSize - 17))
            #expect(body.count == header.byteCount + plaintext.count + paddingBytes + 17 * records)
        }
    }

    @Test func lessThanNoPaddingIsNone() throws {
        let header = try EncryptedContentHeader(salt: salt, recordSize: 18, keyID: [])
        let body = try EncryptedContent.seal(walrus, inputKey: key, header: header, paddingBytes: -9)
        #expect(try EncryptedContent.open(body, inputKey: key) == walrus)
    }

    // MARK: what is refused

    private let key = Array<UInt8>(repeating: 7, count: 16)
    private let salt = Array<UInt8>(repeating: 9, count: 16)

    /// A body of records whose plaintext, with delimiter and padding, is given.
    private func body(_ records: [[UInt8]], recordSize: Int = 30) throws -> [UInt8] {
        var body: [UInt8] = []
        try EncryptedContentHeader(salt: salt, recordSize: recordSize, keyID: []).append(to: &body)
        let cipher = RecordCipher(inputKey: key, salt: salt)
        for (index, record) in records.enumerated() { try cipher.seal(record, index: UInt64(index), into: &body) }
        return body
    }

    @Test func paddingIsDroppedEvenWhenItIsAllThereIs() throws {
        #expect(try EncryptedContent.open(body([[1, 2, 3, 2, 0, 0]]), inputKey: key) == [1, 2, 3])
        #expect(try EncryptedContent.open(body([[2, 0, 0]]), inputKey: key) == [])
        #expect(try EncryptedContent.open(body([[5, 0, 2]]), inputKey: key) == [5, 0])
    }

    @Test func aWrongDelimiterIsRefused() {
        let full: [UInt8] = Array(repeating: 5, count: 13)
        #expect(refusal { try EncryptedContent.open(body([[0, 0, 0]]), inputKey: key) } == .paddingInvalid)
        #expect(refusal { try EncryptedContent.open(body([[5, 1]]), inputKey: key) } == .paddingInvalid)
        #expect(refusal { try EncryptedContent.open(body([[5, 3]]), inputKey: key) } == .paddingInvalid)
        #expect(refusal { try EncryptedContent.open(body([full + [2], [5, 2]]), inputKey: key) } == .paddingInvalid)
    }

    @Test func recordsCannotBeCutOffOrAdded() throws {
        let two = try bytes(twoBody)
        #expect(refusal { try EncryptedContent.open(Array(two[..<48]), inputKey: bytes(twoKey)) } == .paddingInvalid)
        #expect(refusal { try EncryptedContent.open(two + [0], inputKey: bytes(twoKey)) } == .paddingInvalid)
        #expect(refusal { try EncryptedContent.open(Array(two.dropLast()), inputKey: bytes(twoKey)) } == .decryptionFailed)
        #expect(refusal { try EncryptedContent.open(Array(two[..<50]), inputKey: bytes(twoKey)) } == .contentTruncated)
        #expect(refusal { try EncryptedContent.open(body([Array(repeating: 5, count: 13) + [2]]) + [1, 2], inputKey: key) } == .paddingInvalid)
    }

    @Test func recordsCannotChangePlaces() throws {
        let two = try bytes(twoBody)
        #expect(throws: WebPushError.self) {
            try EncryptedContent.open(Array(two[..<23] + two[48...] + two[23..<48]), inputKey: bytes(twoKey))
        }
    }

    @Test func aHeaderThatEndsTooSoonIsRefused() throws {
        let two = try bytes(twoBody)
        for count in 0..<23 {
            #expect(refusal { try EncryptedContentHeader(of: Array(two[..<count])) } == .contentTruncated)
        }
        #expect(refusal { try EncryptedContent.open(Array(two[..<23]), inputKey: bytes(twoKey)) } == .contentTruncated)
    }

    @Test func aRecordSizeBelow18IsRefused() throws {
        var body = try bytes(oneBody)
        body.replaceSubrange(16..<20, with: [0, 0, 0, 17])
        #expect(refusal { try EncryptedContent.open(body, inputKey: bytes(oneKey)) } == .recordSizeInvalid)
        #expect(refusal { try EncryptedContentHeader(salt: salt, recordSize: 17, keyID: []) } == .recordSizeInvalid)
        #expect(refusal { try EncryptedContentHeader(salt: salt, recordSize: 1 << 32, keyID: []) } == .recordSizeInvalid)
        #expect(refusal { try EncryptedContentHeader(salt: [1], recordSize: 18, keyID: []) } == .saltInvalid)
        #expect(refusal { try EncryptedContentHeader(salt: salt, recordSize: 18, keyID: Array(repeating: 0, count: 256)) } == .keyIDInvalid)
    }
}
