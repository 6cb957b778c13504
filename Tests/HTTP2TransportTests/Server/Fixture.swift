import AddressRule
import HTTPTransport
import NIOCore
import NIOPosix
import Synchronization
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@testable import HTTP2Transport

/// A transport and a server that follows a script.
struct Fixture: Sendable {
    let transport: NIOHTTP2Transport
    let server: ScriptedServer
    let fallback: RecordingTransport

    static func run(
        protocols: [String] = ["h2"], asksForCertificate: Bool = false, trusts: Bool = true,
        _ change: (inout HTTP2TransportSettings) -> Void = { _ in }, script: @escaping ScriptedServer.Script,
        _ test: (Fixture) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer.start(protocols: protocols, asksForCertificate: asksForCertificate, script: script)
        var settings = HTTP2TransportSettings()
        settings.connectTimeout = .seconds(5)
        if trusts { settings.trustRootsPEM = [try trustFile()] }
        change(&settings)
        let fallback = RecordingTransport()
        let transport = NIOHTTP2Transport(settings: settings, addressRule: .any, fallback: fallback)
        let result: Result<Void, any Error>
        do { result = .success(try await test(Fixture(transport: transport, server: server, fallback: fallback))) } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        await server.stop()
        try result.get()
    }

    func request(_ path: String = "/", body: String = "body", group: ConnectionGroup = .shared) -> TransportRequest {
        TransportRequest(
            url: "https://localhost:\(server.port)\(path)", headers: [("ttl", "7")], body: Array(body.utf8), group: group)
    }

    /// Sends all at once, and gives the results in the order of the requests.
    func sendAll(
        _ requests: [TransportRequest], within deadline: Duration = .seconds(10)
    ) async -> [Result<TransportReply, TransportError>] {
        let results = Mutex([Int: Result<TransportReply, TransportError>]())
        await transport.send(requests, within: deadline) { index, result in
            let previous = results.withLock { $0.updateValue(result, forKey: index) }
            #expect(previous == nil, "request \(index) was reported twice")
        }
        let all = results.withLock { $0 }
        #expect(all.count == requests.count)
        return requests.indices.compactMap { all[$0] }
    }

    func sendOne(_ request: TransportRequest, over transport: some Transport) async -> Result<TransportReply, TransportError> {
        do throws(TransportError) { return .success(try await transport.send(request, within: .seconds(10))) } catch {
            return .failure(error)
        }
    }

    func sendOne(_ request: TransportRequest, within deadline: Duration = .seconds(10)) async -> Result<TransportReply, TransportError> {
        await sendAll([request], within: deadline)[0]
    }

    static func trustFile() throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "herald-test-certificate-\(UUID().uuidString).pem").path
        try Data(TestCertificate.certificatePEM.utf8).write(to: URL(filePath: path))
        return path
    }
}

/// Says what it was asked, and answers with 299.
final class RecordingTransport: Transport {
    private let urls = Mutex([String]())

    var sent: [String] { urls.withLock { $0 } }

    func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply {
        urls.withLock { $0.append(request.url) }
        return TransportReply(status: 299)
    }
}

extension Result<TransportReply, TransportError> {
    var status: Int? { (try? get())?.status }
    var body: [UInt8]? { (try? get())?.body }

    var code: TransportError.Code? {
        if case .failure(let error) = self { error.code } else { nil }
    }
}
