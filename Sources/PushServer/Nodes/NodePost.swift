import Logging
import PushSender
import PushService
import PushStorage

/// What nodes on one database tell each other, and who hears it. Whatever is lost is found later without it.
struct NodePost: NodeMail {
    /// Mailboxes that every node listens to.
    private static let work = "work"
    private static let credentials = "credentials"

    private let node: NodeID
    private let mail: PostgresMail

    /// - Parameter mail: nil where there is one node.
    init?(_ mail: PostgresMail?, node: NodeID) {
        guard let mail else { return nil }
        self.node = node
        self.mail = mail
    }

    /// Pushes are due.
    func announceWork() { mail.post("due", to: Self.work) }
    func announceCredentials() { mail.post("changed", to: Self.credentials) }
    func send(_ news: NodeNews, to node: NodeID) { mail.post(news.line, to: node.rawValue) }

    /// What is heard on this node.
    struct Listeners: Sendable {
        var work: @Sendable () async -> Void = {}
        var credentials: @Sendable () async -> Void = {}
        var news: @Sendable (NodeNews) -> Void = { _ in }
        var lostNews: @Sendable () -> Void = {}
    }

    /// Listens until cancelled.
    func run(_ listeners: Listeners) async {
        mail.start(mailboxes: [Self.work, Self.credentials, node.rawValue])
        await withTaskCancellationHandler {
            for await event in mail.events { await hear(event, listeners) }
        } onCancel: {
            mail.stop()
        }
    }

    private func hear(_ event: PostgresMail.Event, _ listeners: Listeners) async {
        switch event {
        case .lines(_, mailbox: Self.work): await listeners.work()
        case .lines(_, mailbox: Self.credentials): await listeners.credentials()
        case .lines(let lines, mailbox: node.rawValue): lines.compactMap { NodeNews(line: $0) }.forEach(listeners.news)
        case .lines: break
        case .listening:
            listeners.lostNews()
            await listeners.work()
            await listeners.credentials()
        }
    }
}
