import AddressRule
import Foundation
import HTTP2Transport
import HTTPTransport
import NIOCore
import NIOHPACK
import NIOPosix
import NIOSSL
import Synchronization

/// Small requests in batches, as a page of pushes has them, and nothing around: by our transport, and by a bare SwiftNIO client.
struct TransportBenchmark {
    let nghttpd: Nghttpd
    private let requestCount = 240_000
    private let batch = 400
    private let senders = 4
    private let body = [UInt8](repeating: UInt8(ascii: "x"), count: 300)

    init(_ nghttpd: Nghttpd) { self.nghttpd = nghttpd }

    func ours() async throws -> Double {
        var settings = HTTP2TransportSettings()
        settings.trustRootsPEM = [nghttpd.certificate.path]
        let transport = NIOHTTP2Transport(settings: settings, addressRule: .any, fallback: NoHTTP1())
        let page = (0..<batch).map(request)
        let failures = Counter()
        let batches = requestCount / senders / batch
        let started = ContinuousClock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<senders {
                group.addTask {
                    for _ in 0..<batches {
                        await transport.send(page, within: .seconds(10)) { _, reply in
                            if (try? reply.get().status) != 200 { failures.add(1) }
                        }
                    }
                }
            }
        }
        let rate = perSecond(since: started)
        await transport.shutdown()
        guard failures.count == 0 else { throw BenchmarkError("requests failed") }
        return rate
    }

    func bare() async throws -> Double {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.applicationProtocols = ["h2"]
        tls.trustRoots = .file(nghttpd.certificate.path)
        tls.certificateVerification = .noHostnameVerification
        let client = BareHTTP2Client(
            port: Nghttpd.port, tls: try NIOSSLContext(configuration: tls), loops: .singletonMultiThreadedEventLoopGroup)
        var headers: HPACKHeaders = [
            ":method": "POST", ":scheme": "https", ":authority": "localhost:\(Nghttpd.port)", ":path": Nghttpd.path,
        ]
        for (name, value) in request(0).headers { headers.add(name: name, value: value) }
        let started = ContinuousClock.now
        try await client.send(requestCount, body: body, headers: headers, connections: 4, streams: 100)
        return perSecond(since: started)
    }

    private func request(_ number: Int) -> TransportRequest {
        TransportRequest(
            url: "https://localhost:\(Nghttpd.port)\(Nghttpd.path)",
            headers: [
                ("authorization", "bearer " + String(repeating: "eyJhbGciOiJFUzI1NiJ9", count: 10)), ("apns-topic", "com.example.app"),
                ("apns-push-type", "alert"), ("apns-priority", "10"), ("apns-expiration", "1790000000"),
                ("apns-id", "00000000-0000-4000-8000-" + String(100_000_000_000 + number)),
            ],
            body: body)
    }

    private func perSecond(since started: ContinuousClock.Instant) -> Double {
        Double(requestCount) / (started.duration(to: .now) / .seconds(1))
    }
}

private final class Counter: Sendable {
    private let value = Atomic(0)
    var count: Int { value.load(ordering: .relaxed) }
    func add(_ number: Int) { value.add(number, ordering: .relaxed) }
}

private struct NoHTTP1: Transport {
    func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply {
        throw TransportError(.unreachable, "HTTP/1.1 is not part of this")
    }
}
