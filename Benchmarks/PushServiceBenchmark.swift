import Foundation
import NIOCore
import NIOPosix

/// The push service: what a connection weighs, how long a message takes, and how many of everything there are in a second. User agents
/// and senders share this machine's cores with the server, which is a process of its own.
struct PushServiceBenchmark {
    private let idleConnections = 15_000
    private let liveConnections = 5000
    private let away = 10_000
    private let messagesEach = 10
    private let senders = 64

    func run() async throws {
        try await withTemporaryFolder { folder in
            let herald = try await HeraldProcess(data: folder.appending(path: "live"), settings: Self.settings)
            defer { herald.stop() }
            try await measureWeight(herald, folder)
            try await measureMessages()
            try await measureReturn(herald)
        }
    }

    private static let settings = ["HERALD_LOG_LEVEL": "error", "HERALD_PUSH_SERVICE_SUBSCRIPTION_MESSAGES_PER_SECOND": "0"]

    // MARK: Weight

    private func measureWeight(_ herald: HeraldProcess, _ folder: URL) async throws {
        heading("\(idleConnections) idle user agents, without TLS (Herald has none: a proxy in front carries its weight)")
        let before = residentKilobytes(herald.pid)
        let sockets = try IdleSockets(count: idleConnections, port: HeraldProcess.port, greeting: IdleSockets.userAgent)
        try await Task.sleep(for: .seconds(2))
        bound("KiB of resident memory for each", Double(residentKilobytes(herald.pid) - before) / Double(idleConnections), atMost: 6)
        sockets.close()
        guard let mosquitto = try Mosquitto(folder: folder) else { return count("mosquitto is not installed: nothing beside it", 0) }
        defer { mosquitto.stop() }
        let empty = residentKilobytes(mosquitto.pid)
        let clients = try IdleSockets(count: idleConnections, port: Mosquitto.port, greeting: Mosquitto.connect)
        try await Task.sleep(for: .seconds(2))
        count("beside it: bytes for each client of mosquitto", Double(residentKilobytes(mosquitto.pid) - empty) / Double(idleConnections) * 1024)
        clients.close()
    }

    // MARK: Messages

    private func measureMessages() async throws {
        heading("\(liveConnections) user agents connected, \(senders) senders, messages stored before they are answered")
        let clock = MessageClock()
        let agents = try await LiveAgents.connect(liveConnections, port: HeraldProcess.port, clock: clock)
        let started = ContinuousClock.now
        let endpoints = try await agents.register()
        row("registrations", Double(endpoints.count) / seconds(since: started))

        let paced = 20_000
        let load = try await Senders(senders, port: HeraldProcess.port, endpoints: endpoints)
        try await load.post(paced, perSecond: 2000)
        await clock.wait(for: paced)
        bound("POST to frame at 2,000 messages a second, p50, ms", clock.percentile(0.5), atMost: 3)
        bound("POST to frame at 2,000 messages a second, p99, ms", clock.percentile(0.99), atMost: 15)

        clock.reset()
        let many = 100_000, flood = ContinuousClock.now
        try await load.post(many, perSecond: nil)
        await clock.wait(for: many)
        atLeast("messages stored, delivered and acknowledged a second", Double(many) / seconds(since: flood), 8000)
        load.close()
        agents.close()
    }

    // MARK: Coming back

    private func measureReturn(_ herald: HeraldProcess) async throws {
        heading("\(away) user agents come back to \(messagesEach) messages each")
        let clock = MessageClock()
        let first = try await LiveAgents.connect(away, port: HeraldProcess.port, clock: clock)
        let endpoints = try await first.register()
        first.close()
        let load = try await Senders(senders, port: HeraldProcess.port, endpoints: endpoints)
        let stored = ContinuousClock.now
        try await load.post(away * messagesEach, perSecond: nil)
        row("messages stored for user agents that are away", Double(away * messagesEach) / seconds(since: stored))
        load.close()

        clock.reset()
        let started = ContinuousClock.now
        let back = try await LiveAgents.connect(away, port: HeraldProcess.port, clock: clock, as: first.uaids)
        row("hellos, let in at the default rate", Double(away) / seconds(since: started))
        await clock.wait(for: away * messagesEach)
        let seconds = seconds(since: started)
        row("stored messages drained", Double(away * messagesEach) / seconds)
        bound("seconds until all have all", seconds, atMost: 20)
        back.close()
    }

    private func seconds(since start: ContinuousClock.Instant) -> Double { start.duration(to: .now) / .seconds(1) }
}

func residentKilobytes(_ pid: Int32) -> Int {
    let status = (try? String(contentsOf: URL(filePath: "/proc/\(pid)/status"), encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
}

/// mosquitto, whose connections weigh about what the system's do.
final class Mosquitto {
    static let port = 8946
    /// MQTT 3.1.1 §3.1: CONNECT, a clean session, no keep-alive, a client id for each.
    static func connect(_ number: Int) -> [UInt8] {
        let id = Array("c\(number)".utf8)
        return [0x10, UInt8(12 + id.count), 0, 4] + Array("MQTT".utf8) + [4, 2, 0, 0, 0, UInt8(id.count)] + id
    }

    private let process = Process()
    var pid: Int32 { process.processIdentifier }

    /// - Returns: nil where it isn't installed.
    init?(folder: URL) throws {
        let binary = URL(filePath: "/usr/sbin/mosquitto")
        guard FileManager.default.isExecutableFile(atPath: binary.path) else { return nil }
        let file = folder.appending(path: "mosquitto.conf")
        try "listener \(Self.port) 127.0.0.1\nallow_anonymous true\nmax_connections -1\nlog_type none\n".write(to: file, atomically: true, encoding: .utf8)
        process.executableURL = binary
        process.arguments = ["-c", file.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        Thread.sleep(forTimeInterval: 1)
    }

    /// At once: it may have inherited that it doesn't hear SIGTERM.
    func stop() {
        kill(pid, SIGKILL)
        process.waitUntilExit()
    }
}

/// Connections that have said their greeting and were answered, and then nothing more. Plain sockets: they cost this process next to
/// nothing.
final class IdleSockets {
    private var sockets: [Int32] = []

    /// What a user agent says: the upgrade, and with it its hello in a frame masked with zeros.
    static func userAgent(_: Int) -> [UInt8] {
        let hello = Array(#"{"messageType":"hello","use_webpush":true}"#.utf8)
        let upgrade = """
            GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
            """
        return Array(upgrade.utf8) + [0x81, 0x80 | UInt8(hello.count), 0, 0, 0, 0] + hello
    }

    init(count: Int, port: Int, greeting: (Int) -> [UInt8]) throws {
        for number in 0..<count {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(port).bigEndian)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard isConnected else { throw BenchmarkError("connection \(number) was refused: \(String(cString: strerror(errno)))") }
            let bytes = greeting(number)
            var answer = [UInt8](repeating: 0, count: 1024)
            guard send(descriptor, bytes, bytes.count, 0) == bytes.count, recv(descriptor, &answer, answer.count, 0) > 0 else {
                throw BenchmarkError("connection \(number) was not answered")
            }
            sockets.append(descriptor)
        }
    }

    func close() {
        for descriptor in sockets { Glibc.close(descriptor) }
        sockets = []
    }
}
