import HTTPTransport
import NIOCore
import NIOHPACK
import Testing

@testable import HTTP2Transport

/// What is written by hand has to be what NIOHPACK reads, whatever came before it.
@Suite struct RequestHeaderEncoderTests {
    private var encoder = RequestHeaderEncoder(indexesAuthorization: false)
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())

    private mutating func block(
        _ headers: [(name: String, value: String)], method: String = "POST", url: String = "https://h/3/device/1", body: Int = 1
    ) throws -> ByteBuffer {
        var block = ByteBuffer()
        let request = TransportRequest(method: method, url: url, headers: headers, body: Array(repeating: 0, count: body))
        try encoder.write(request, authority: "h", originLength: 9, to: &block)
        return block
    }

    private mutating func decoded(_ block: ByteBuffer) throws -> [(name: String, value: String)] {
        var block = block
        return try decoder.decodeHeaders(from: &block).map { ($0.name, $0.value) }
    }

    @Test mutating func pseudoHeadersComeFirstAndThePathIsTakenFromTheURL() throws {
        let fields = try decoded(block([("a", "b")]))
        #expect(fields.map(\.name) == [":method", ":scheme", ":authority", ":path", "a", "content-length"])
        #expect(fields.map(\.value) == ["POST", "https", "h", "/3/device/1", "b", "1"])
    }

    @Test(arguments: [("https://h", "/"), ("https://h/", "/"), ("https://h?a=b", "/?a=b"), ("https://h/a%2b?c", "/a%2b?c")])
    mutating func everyURLHasAPath(_ url: String, _ path: String) throws {
        #expect(try decoded(block([], url: url))[3].value == path)
    }

    @Test(arguments: ["GET", "PUT", "DELETE"]) mutating func otherMethodsAreWritten(_ method: String) throws {
        let fields = try decoded(block([], method: method, body: 0))
        #expect(fields[0].value == method)
        #expect(fields.contains { $0.name == "content-length" } == (method != "GET"))
    }

    @Test mutating func whatRepeatsIsOneByteAndWhatChangesIsALiteral() throws {
        func headers(_ id: Int) -> [(name: String, value: String)] {
            [("authorization", "bearer secret"), ("apns-topic", "com.example"), ("apns-id", "0000-\(id)")]
        }
        _ = try decoded(block(headers(0)))
        _ = try decoded(block(headers(1)))
        let before = encoder
        let third = try block(headers(2))
        let fourth = try block(headers(3))
        #expect(third.readableBytes == fourth.readableBytes)
        _ = before
        #expect(Array(third.readableBytesView.prefix(4)) == [0x83, 0x87, 0xC0, 0x04], "method, scheme, authority, and a literal path")
        #expect(third.readableBytesView.contains(0xBF), "the topic is an indexed field")
        #expect(String(buffer: third).contains("bearer secret"), "authorization is never indexed with Apple")
        #expect(try decoded(third).map(\.value).suffix(4) == ["bearer secret", "com.example", "0000-2", "1"])
        #expect(try decoded(fourth).map(\.value).suffix(4) == ["bearer secret", "com.example", "0000-3", "1"])
    }

    @Test mutating func elsewhereAuthorizationIsIndexed() throws {
        encoder = RequestHeaderEncoder(indexesAuthorization: true)
        let token = String(repeating: "t", count: 1000)
        _ = try decoded(block([("authorization", token)]))
        let second = try block([("authorization", token)])
        #expect(second.readableBytes < 40)
        #expect(try decoded(second)[4].value == token)
    }

    /// A thousand requests whose headers come and go and change, over tables that shrink and grow.
    @Test(arguments: 1...5) mutating func nothingIsLostOverManyRequests(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        encoder = RequestHeaderEncoder(indexesAuthorization: true)
        for number in 0..<1000 {
            if random.next() % 100 == 0 {
                let size = Int(random.next() % 5000)
                encoder.setTableSize(size)
                decoder = resized(size)
            }
            let headers = (0..<random.next() % 12).map { _ in
                (name: "name-\(random.next() % 20)", value: String(repeating: "v", count: Int(random.next() % 300)) + "\(random.next() % 3)")
            }
            let fields = try decoded(block(headers))
            #expect(fields.dropFirst(4).dropLast().elementsEqual(headers, by: ==), "request \(number), seed \(seed)")
        }
    }

    /// The limit the far side has announced; what the encoder says about its size is read by the decoder.
    private func resized(_ size: Int) -> HPACKDecoder {
        var decoder = decoder
        decoder.maxDynamicTableLength = max(size, 4096)
        return decoder
    }

    @Test(arguments: [("a", "b\r\nc"), ("a", "b\0"), ("", "b"), ("A", "b"), ("a b", "c"), ("a:", "b")])
    mutating func whatIsNoHeaderIsRefused(_ name: String, _ value: String) throws {
        _ = try decoded(block([("x", "1")]))
        #expect(throws: InvalidHeader.self) { _ = try self.block([("x", "2"), (name, value)]) }
        #expect(try decoded(block([("x", "2")]))[4].value == "2", "and leaves the tables as they are")
    }

    @Test(arguments: ["https://h/a b", "https://h/a\r\nb", "https://h/ü"]) mutating func whatIsNoPathIsRefused(_ url: String) throws {
        #expect(throws: InvalidHeader.self) { _ = try self.block([], url: url) }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
