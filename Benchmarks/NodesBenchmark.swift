import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// One node, then two, on one PostgreSQL, against an APNs that takes its time: so the machine is not the limit, but how much a node keeps in
/// the air.
struct NodesBenchmark {
    private let deviceCount = 60_000
    private let latencyMilliseconds = 500

    func run() async throws {
        guard try BenchPostgres() != nil else { return heading("Nodes: no PostgreSQL; run scripts/with-postgres --durable") }
        heading("Broadcast to \(deviceCount) devices by one node and by two, each answer after \(latencyMilliseconds) ms")
        try await withTemporaryFolder { folder in
            let simulator = try await SimulatorProcess(folder: folder, latencyMilliseconds: latencyMilliseconds)
            defer { simulator.stop() }
            let one = try await broadcast(nodes: 1, folder, simulator)
            row("one node", one)
            let two = try await broadcast(nodes: 2, folder, simulator)
            row("two nodes: of one", two, of: one, bar: 1.9)
        }
    }

    private func broadcast(nodes: Int, _ folder: URL, _ simulator: SimulatorProcess) async throws -> Double {
        guard let postgres = try BenchPostgres() else { return 0 }
        let data = folder.appending(path: "nodes-\(nodes)")
        try await StoredDevices.make(deviceCount, .apns, in: data, postgres: postgres.settings)
        let settings = postgres.environment.merging([
            "HERALD_TRUST_ROOTS": simulator.trustRoots.path, "HERALD_LOG_LEVEL": "error", "HERALD_SENDER_PAGE_DEVICES": "100",
        ]) { $1 }
        var processes: [HeraldProcess] = []
        defer { for process in processes { process.stop() } }
        for number in 0..<nodes {
            processes.append(
                try await HeraldProcess(
                    data: data.appending(path: "\(number)"), settings: settings, port: HeraldProcess.port + number))
        }
        try await processes[0].call(
            .PUT, "/v1/apps/default/providers/apns?verify=false", try String(contentsOf: simulator.credentials, encoding: .utf8))
        let started = ContinuousClock.now
        let counters = try await processes[0].send(BroadcastBenchmark.push)
        let seconds = started.duration(to: .now) / .seconds(1)
        guard counters["accepted"] == deviceCount else { throw BenchmarkError("not everything was accepted: \(counters)") }
        return Double(deviceCount) / seconds
    }
}

/// `herald simulate apns`, slowed down.
final class SimulatorProcess {
    private static let port = 8960
    private let process = Process()
    private let folder: URL

    init(folder: URL, latencyMilliseconds: Int) async throws {
        self.folder = folder.appending(path: "simulators")
        let faults = folder.appending(path: "faults.json")
        try Data(#"{"faults": [{"latency_ms": \#(latencyMilliseconds)}]}"#.utf8).write(to: faults)
        process.executableURL = HeraldProcess.binary
        process.arguments = [
            "simulate", "apns", "--port", "\(Self.port)", "--directory", self.folder.path, "--faults", faults.path, "--keep", "0",
            "--quiet",
        ]
        try process.run()
        let client = HTTPClient.shared
        for attempt in 0... {
            if (try? await client.get(url: "http://127.0.0.1:\(Self.port)/counts").get())?.status == .ok { break }
            guard attempt < 200, process.isRunning else { throw BenchmarkError("the simulator did not start") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    var trustRoots: URL { folder.appending(path: "ca.pem") }
    var credentials: URL { folder.appending(path: "credentials-apns.json") }

    /// Must be called: a child outlives its parent otherwise.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
