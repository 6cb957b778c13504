import Foundation

/// nghttpd as the sink that costs least, and h2load as the source that costs least, on the same target.
final class Nghttpd {
    static let port = 8943
    /// An empty file: nghttpd answers a POST to it with 200 and no body.
    static let path = "/push"

    private let process = Process()
    private let folder: URL

    init(folder: URL) throws {
        self.folder = folder
        try Data().write(to: folder.appending(path: "push"))
        try Self.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                "-keyout", folder.appending(path: "key.pem").path, "-out", folder.appending(path: "cert.pem").path,
            ])
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "nghttpd", "-d", folder.path, "\(Self.port)", folder.appending(path: "key.pem").path,
            folder.appending(path: "cert.pem").path,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    var certificate: URL { folder.appending(path: "cert.pem") }

    /// Makes nghttpd answer 200 at these paths.
    func serve(_ paths: [String], content: String = "") throws {
        for path in paths {
            let file = folder.appending(path: String(path.dropFirst()))
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content.utf8).write(to: file)
        }
    }

    /// PEM, PKCS#8.
    func rsaKey() throws -> String { try Self.run("openssl", ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]) }

    /// Must be called: a child outlives its parent otherwise. nghttpd takes its time over SIGTERM, so it gets none.
    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Requests per second that h2load reaches with bodies like ours.
    func h2load(requests: Int, bodyBytes: Int) throws -> Double {
        let body = folder.appending(path: "body")
        try Data(repeating: 0x78, count: bodyBytes).write(to: body)
        let output = try Self.run(
            "h2load",
            ["-n", "\(requests)", "-c", "4", "-m", "100", "-d", body.path, "https://localhost:\(Self.port)\(Self.path)"])
        // "finished in 1.23s, 81234.56 req/s, 1.2MB/s"
        let rate = output.split(separator: "\n").first { $0.hasPrefix("finished in") }?
            .split(separator: ",").dropFirst().first?.split(separator: " ").first
        guard let rate = rate.flatMap({ Double($0) }) else { throw BenchmarkError("h2load gave no rate: \(output)") }
        return rate
    }

    struct Load {
        let perSecond: Double
        let milliseconds: [Double]
        let failures: Int
    }

    /// What h2load sees of an HTTP/1.1 server, request by request.
    func h2loadHTTP1(_ url: String, key: String, requests: Int, connections: Int, body: String) throws -> Load {
        let bodyFile = folder.appending(path: "single"), log = folder.appending(path: "requests.tsv")
        try Data(body.utf8).write(to: bodyFile)
        // h2load would write on at its end.
        try? FileManager.default.removeItem(at: log)
        let started = ContinuousClock.now
        try Self.run(
            "h2load",
            [
                "--h1", "-n", "\(requests)", "-c", "\(connections)", "-H", "authorization: Bearer \(key)", "-d", bodyFile.path,
                "--log-file", log.path, url,
            ])
        let seconds = started.duration(to: .now) / .seconds(1)
        // Start in microseconds, status, duration in microseconds.
        let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t") }
        return Load(
            perSecond: Double(requests) / seconds, milliseconds: lines.compactMap { Double($0[2]).map { $0 / 1000 } },
            failures: requests - lines.count { $0[1].hasPrefix("2") })
    }

    @discardableResult
    private static func run(_ tool: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchmarkError("\(tool) failed; is it installed?") }
        return String(decoding: data, as: UTF8.self)
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
