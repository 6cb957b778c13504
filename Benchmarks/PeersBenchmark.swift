import Foundation

/// Senders that others wrote, for comparison; see `peers.py`.
enum PeersBenchmark {
    struct Rates: Decodable {
        let aioapns: Double
        let pywebpush: Double
    }

    /// - Parameter folder: for the simulators' keys.
    static func run(in folder: URL) throws -> Rates {
        let herald = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "herald")
        let simulators = Process()
        let ready = Pipe()
        simulators.executableURL = herald
        simulators.arguments = [
            "simulate", "apns", "webpush", "--port", "0", "--json", "--directory", folder.appending(path: "simulators").path,
        ]
        simulators.standardOutput = ready
        try simulators.run()
        defer {
            simulators.terminate()
            simulators.waitUntilExit()
        }
        let peers = Process()
        let output = Pipe()
        peers.executableURL = URL(filePath: ".venv/bin/python")
        peers.arguments = ["Benchmarks/peers.py"]
        // One line of JSON, which the simulators say when they are ready.
        peers.standardInput = ready
        peers.standardOutput = output
        try peers.run()
        let rates = output.fileHandleForReading.readDataToEndOfFile()
        peers.waitUntilExit()
        guard peers.terminationStatus == 0 else { throw BenchmarkError("Benchmarks/peers.py failed") }
        return try JSONDecoder().decode(Rates.self, from: rates)
    }
}
