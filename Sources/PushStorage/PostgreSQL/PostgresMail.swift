import Foundation
import Synchronization

/// Carries lines of text between nodes through LISTEN and NOTIFY, on a connection of its own. What is posted while a batch is under way is
/// the next batch: one notification for a mailbox as far as it fits, and the same line once. Lines may be lost, when a connection or a
/// node is: whoever listens must be able to do without.
///
/// https://www.postgresql.org/docs/current/sql-notify.html
public final class PostgresMail: Sendable {
    /// What comes in.
    public enum Event: Sendable, Hashable {
        case lines([String], mailbox: String)
        /// From now on lines arrive; whatever was posted before may be lost.
        case listening
    }

    /// A notification must be shorter than 8,000 bytes.
    public static let lineLimitBytes = 7_900

    private struct Outbox {
        var lines: [(mailbox: String, line: String)] = []
        var isClosed = false
    }

    public let events: AsyncStream<Event>
    private let received: AsyncStream<Event>.Continuation
    private let settings: PostgresSettings
    private let patience: Patience
    private let outbox = Mutex(Outbox())
    private let bell = Bell()
    private let threads = ConnectionThreads()
    /// While the database is away, lines pile up: those that find so many before them are lost.
    private let waitingLines = 10_000

    init(_ settings: PostgresSettings, patience: Patience = Patience()) {
        self.settings = settings
        self.patience = patience
        (events, received) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    /// Listens to some mailboxes, and delivers what is posted, until ``stop()``.
    /// - Parameter mailboxes: each at most 40 letters, digits and `-`.
    public func start(mailboxes: [String]) {
        threads.start("herald-db-mail") { self.work(mailboxes) }
    }

    public func stop() {
        outbox.withLock { $0.isClosed = true }
        bell.ring()
        received.finish()
    }

    /// After ``stop()``.
    func waitForThread(until end: DispatchTime) { threads.wait(until: end) }

    /// Never waits. A mailbox that nobody listens to is fine.
    /// - Parameter line: without line breaks; one longer than ``lineLimitBytes`` is lost.
    public func post(_ line: String, to mailbox: String) {
        let mustRing = outbox.withLock { outbox in
            guard outbox.lines.count < waitingLines, line.utf8.count <= Self.lineLimitBytes else { return false }
            outbox.lines.append((mailbox, line))
            return outbox.lines.count == 1
        }
        if mustRing { bell.ring() }
    }

    // MARK: The thread

    private var isClosed: Bool { outbox.withLock { $0.isClosed } }

    private func work(_ mailboxes: [String]) {
        var backoff = Backoff()
        while !isClosed {
            do {
                let link = try PostgresLink(settings, patience: patience)
                let schema = try link.run([.init(sql: "SELECT current_schema()", arguments: [])]).first?.rows.first?.text(0) ?? ""
                _ = try link.run(mailboxes.map { .command("LISTEN \(Self.channel($0, schema).quoted)") })
                backoff = Backoff()
                received.yield(.listening)
                try serve(link, schema)
            } catch {
                Thread.sleep(forTimeInterval: backoff.next() / .seconds(1))
            }
        }
    }

    private func serve(_ link: PostgresLink, _ schema: String) throws {
        let prefix = Self.channel("", schema)
        while !isClosed {
            try deliver(link, schema)
            for (channel, payload) in try link.notifications() where channel.hasPrefix(prefix) {
                let lines = payload.split(separator: "\n").map { String($0) }
                received.yield(.lines(lines, mailbox: String(channel.dropFirst(prefix.count))))
            }
            bell.wait(orFor: link.descriptor, seconds: 30)
        }
    }

    private func deliver(_ link: PostgresLink, _ schema: String) throws {
        let lines = outbox.withLock { outbox in
            let lines = outbox.lines
            outbox.lines = []
            return lines
        }
        let letters = Dictionary(grouping: lines, by: \.mailbox).flatMap { mailbox, lines in
            Self.joined(lines.map(\.line)).map { (mailbox: mailbox, text: $0) }
        }
        guard !letters.isEmpty else { return }
        _ = try link.run(
            letters.map { .init(sql: "SELECT pg_notify(?, ?)", arguments: [.text(Self.channel($0.mailbox, schema)), .text($0.text)]) })
    }

    /// As few texts as the lines fit into, in their order, each line once.
    static func joined(_ lines: [String]) -> [String] {
        var seen: Set<String> = []
        var texts: [String] = []
        for line in lines where seen.insert(line).inserted {
            if let last = texts.last, last.utf8.count + 1 + line.utf8.count <= lineLimitBytes {
                texts[texts.count - 1] = last + "\n" + line
            } else {
                texts.append(line)
            }
        }
        return texts
    }

    /// Heralds in two schemas of one database don't hear each other.
    private static func channel(_ mailbox: String, _ schema: String) -> String { "herald.\(schema).\(mailbox)" }
}

extension String {
    fileprivate var quoted: String { "\"" + replacing("\"", with: "\"\"") + "\"" }
}

/// Wakes a thread that waits for a socket.
private final class Bell: Sendable {
    private let reading: Int32
    private let writing: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "out of file descriptors")
        (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// A full pipe is awake already.
    func ring() {
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    func wait(orFor socket: Int32, seconds: Int32) {
        var descriptors = [
            pollfd(fd: reading, events: Int16(POLLIN), revents: 0), pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&descriptors, 2, seconds * 1000)
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(reading, &bytes, bytes.count) > 0 {}
    }
}
