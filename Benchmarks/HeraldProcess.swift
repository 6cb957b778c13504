import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The real program in a process of its own, so that its memory can be told from the benchmark's.
final class HeraldProcess {
    static let port = 8945
    static let binary = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "herald")

    /// The admin key; none where another node has made it.
    let key: String
    private let port: Int
    private let process = Process()
    private let client = HTTPClient(eventLoopGroupProvider: .singleton)

    /// Starts on a data folder, and returns when it serves.
    init(data: URL, settings: [String: String], port: Int = port) async throws {
        self.port = port
        process.executableURL = Self.binary
        process.arguments = ["serve", "--port", "\(port)", "--data", data.path, "--allow-private-endpoints"]
        process.environment = ProcessInfo.processInfo.environment.merging(settings) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.standardError
        try process.run()
        for attempt in 0... {
            if (try? await client.get(url: "http://127.0.0.1:\(port)/health/ready").get())?.status == .ok { break }
            guard attempt < 200, process.isRunning else { throw BenchmarkError("herald did not start") }
            try await Task.sleep(for: .milliseconds(50))
        }
        key = (try? String(contentsOf: data.appending(path: "admin.key"), encoding: .utf8))?.trimmingCharacters(in: .newlines) ?? ""
    }

    /// Must be called: a child outlives its parent otherwise.
    func stop() {
        process.terminate()
        process.waitUntilExit()
        client.shutdown { _ in }
    }

    /// Sends, and returns when the push is done.
    /// - Returns: its counters.
    func send(_ body: String) async throws -> [String: Int] {
        let push = try await accept(body)
        while true {
            if let counters = try await counters(ifDone: push) { return counters }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// - Returns: the accepted push's id.
    func accept(_ body: String) async throws -> String { try decode(Push.self, try await call(.POST, "/v1/pushes", body)).id }

    /// - Returns: nil while the push is under way.
    func counters(ifDone push: String) async throws -> [String: Int]? {
        let push = try decode(Push.self, try await call(.GET, "/v1/pushes/\(push)"))
        return push.state == "done" ? push.counters ?? [:] : nil
    }

    @discardableResult
    func call(_ method: HTTPMethod, _ path: String, _ body: String? = nil) async throws -> Data {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(key)")
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await client.execute(request, timeout: .seconds(30))
        let answer = try await response.body.collect(upTo: 1 << 20)
        guard (200...299).contains(response.status.code) else { throw BenchmarkError("\(path): \(String(buffer: answer))") }
        return Data(answer.readableBytesView)
    }

    var pid: Int32 { process.processIdentifier }
    /// The most memory that was ever resident.
    var peakMegabytes: Double {
        let status = (try? String(contentsOf: URL(filePath: "/proc/\(process.processIdentifier)/status"), encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
        try JSONDecoder().decode(type, from: data)
    }

    private struct Push: Decodable {
        let id: String
        let state: String
        let counters: [String: Int]?
    }
}
