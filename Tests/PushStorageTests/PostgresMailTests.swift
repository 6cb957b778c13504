import Foundation
import Testing

@testable import PushStorage

@Suite struct MailLinesTests {
    @Test func linesShareANotificationAsFarAsTheyFit() {
        let lines = (0..<300).map { "m \(String(repeating: "0", count: 30))\(1000 + $0) 1" }
        let texts = PostgresMail.joined(lines)
        #expect(texts.allSatisfy { $0.utf8.count <= PostgresMail.lineLimitBytes })
        #expect(texts.flatMap { $0.split(separator: "\n").map(String.init) } == lines)
        #expect(texts.count == 2)
    }

    @Test func theSameLineGoesOnce() { #expect(PostgresMail.joined(["due", "x", "due", "due"]) == ["due\nx"]) }
}

/// Lines between two nodes of a real PostgreSQL.
@Suite(.serialized, .timeLimit(.minutes(1)), .enabled(if: TestDatabase.Kind.postgresURL != nil, "scripts/with-postgres starts a PostgreSQL"))
struct PostgresMailTests {
    private func mails(_ count: Int) throws -> [PostgresMail] {
        let settings = try PostgresSettings(url: TestDatabase.Kind.postgresURL ?? "").inNewSchema()
        return (0..<count).map { _ in PostgresMail(settings) }
    }

    /// The lines that arrive, until there are so many.
    private func lines(_ count: Int, of events: inout AsyncStream<PostgresMail.Event>.Iterator) async -> [String] {
        var heard: [String] = []
        while heard.count < count, let event = await events.next() {
            if case .lines(let lines, _) = event { heard += lines }
        }
        return heard
    }

    @Test func whatOneNodePostsAnotherHears() async throws {
        let nodes = try mails(2)
        var events = nodes[0].events.makeAsyncIterator()
        nodes[0].start(mailboxes: ["one", "all"])
        nodes[1].start(mailboxes: ["two", "all"])
        #expect(await events.next() == .listening)
        nodes[1].post("not for one", to: "two")
        nodes[1].post("ünï 'quoted' \"twice\"", to: "one")
        #expect(await events.next() == .lines(["ünï 'quoted' \"twice\""], mailbox: "one"))
        nodes[0].post("own", to: "all")
        #expect(await events.next() == .lines(["own"], mailbox: "all"), "its own, too")
        for node in nodes { node.stop() }
    }

    @Test func manyLinesArriveInTheirOrder() async throws {
        let node = try mails(1)[0]
        var events = node.events.makeAsyncIterator()
        node.start(mailboxes: ["one"])
        #expect(await events.next() == .listening)
        let posted = (0..<2000).map { "line \($0)" }
        for line in posted { node.post(line, to: "one") }
        #expect(await lines(posted.count, of: &events) == posted)
        node.stop()
    }

    @Test func anotherSchemaHearsNothing() async throws {
        let here = try mails(1)[0], there = try mails(1)[0]
        var events = here.events.makeAsyncIterator()
        here.start(mailboxes: ["one"])
        there.start(mailboxes: ["one"])
        #expect(await events.next() == .listening)
        there.post("elsewhere", to: "one")
        here.post("here", to: "one")
        #expect(await events.next() == .lines(["here"], mailbox: "one"))
        for mail in [here, there] { mail.stop() }
    }

    @Test func aLostConnectionIsToldWhenItIsBack() async throws {
        let settings = try PostgresSettings(url: TestDatabase.Kind.postgresURL ?? "").inNewSchema()
        let node = PostgresMail(settings)
        var events = node.events.makeAsyncIterator()
        node.start(mailboxes: ["one"])
        #expect(await events.next() == .listening)
        let schema = settings.url.split(separator: "%3D").last.map { String($0) } ?? ""
        _ = try PostgresLink(settings).run([
            .init(sql: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE ?", arguments: [.text("LISTEN%\(schema)%")])
        ])
        #expect(await events.next() == .listening, "whoever listens looks for what was lost")
        node.post("again", to: "one")
        #expect(await events.next() == .lines(["again"], mailbox: "one"))
        node.stop()
    }

    @Test func whatIsTooLongIsLostAlone() async throws {
        let node = try mails(1)[0]
        var events = node.events.makeAsyncIterator()
        node.start(mailboxes: ["one"])
        #expect(await events.next() == .listening)
        node.post(String(repeating: "x", count: PostgresMail.lineLimitBytes + 1), to: "one")
        node.post(String(repeating: "y", count: PostgresMail.lineLimitBytes), to: "one")
        #expect(await events.next() == .lines([String(repeating: "y", count: PostgresMail.lineLimitBytes)], mailbox: "one"))
        node.stop()
    }
}
