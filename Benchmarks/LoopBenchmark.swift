import AsyncHTTPClient
import Foundation
import JWS
import Logging
import NIOCore
import NIOHTTP1
import PushServer
import WebPush

/// The loop, whole: sender and push service in one process with one SQLite file, user agents connected and acknowledging. Everything,
/// the user agents too, shares this machine's cores.
struct LoopBenchmark {
    private let connections = 20
    private let channelsPerConnection = 250
    private let port = 8944

    func run() async throws {
        let deviceCount = connections * channelsPerConnection
        heading("The loop: broadcast to \(deviceCount) devices on \(connections) connections, sender and push service in one process")
        try await withTemporaryFolder { folder in
            var settings = ServerSettings()
            settings.port = port
            settings.dataFolder = folder.path
            var logger = Logger(label: "bench")
            // The benchmark ends the server by cancelling it, which it reports as an error.
            logger.logLevel = .critical
            let ready = AsyncStream.makeStream(of: Void.self)
            let server = HeraldServer(settings, logger: logger) { _ in ready.continuation.finish() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                for await _ in ready.stream {}
                let key = try String(contentsOf: folder.appending(path: "admin.key"), encoding: .utf8)
                    .trimmingCharacters(in: .newlines)
                try await measure(deviceCount, key)
                group.cancelAll()
            }
        }
    }

    private func measure(_ deviceCount: Int, _ key: String) async throws {
        let received = Tally()
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        defer { client.shutdown { _ in } }
        let agents = try await connect(received)
        let endpoints = try await agents.asyncFlatMap { try await $0.register(channelsPerConnection) }
        try await register(endpoints, key, client)

        let started = ContinuousClock.now
        let body = #"{"audience":{"all":true},"notification":{"title":"Benchmark","body":"\#(String(repeating: "x", count: 120))"}}"#
        _ = try await post("/v1/pushes", body, key, client)
        await received.wait(for: deviceCount)
        let seconds = started.duration(to: .now) / .seconds(1)
        row("POST to the last message on its socket", Double(deviceCount) / seconds)
        for agent in agents { agent.close() }
    }

    private func connect(_ received: Tally) async throws -> [BenchmarkUserAgent] {
        var agents: [BenchmarkUserAgent] = []
        for _ in 0..<connections { agents.append(try await BenchmarkUserAgent.connect(port: port) { _ in received.add() }) }
        return agents
    }

    private func register(_ endpoints: [String], _ key: String, _ client: HTTPClient) async throws {
        let keys = UserAgentKey().keys
        let p256dh = Base64URL.encode(keys.p256dh)
        let auth = Base64URL.encode(keys.auth)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, endpoint) in endpoints.enumerated() {
                if index >= 64 { try await group.next() }
                group.addTask {
                    _ = try await post(
                        "/v1/devices",
                        #"{"provider":"webpush","subscription":{"endpoint":"\#(endpoint)","keys":{"p256dh":"\#(p256dh)","auth":"\#(auth)"}}}"#,
                        key, client)
                }
            }
            try await group.waitForAll()
        }
    }

    private func post(_ path: String, _ body: String, _ key: String, _ client: HTTPClient) async throws -> String {
        var request = HTTPClientRequest(url: "http://localhost:\(port)\(path)")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(key)")
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await client.execute(request, timeout: .seconds(30))
        let answer = String(buffer: try await response.body.collect(upTo: 65_536))
        guard (200...299).contains(response.status.code) else { throw BenchmarkError("\(path): \(answer)") }
        return answer
    }
}

extension Array {
    fileprivate func asyncFlatMap<Value>(_ work: (Element) async throws -> [Value]) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values += try await work(element) }
        return values
    }
}
