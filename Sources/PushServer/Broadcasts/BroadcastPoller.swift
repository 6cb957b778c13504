import HTTPTransport
import JSON
import Logging
import PushService

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads what is to be announced to user agents, and announces what has changed. What can't be read stays as it was.
struct BroadcastPoller: Sendable {
    let url: String
    let authorization: String?
    let seconds: Double
    let transport: any Transport
    let hub: SocketHub
    let logger: Logger
    let clock: any Clock<Duration>

    private static let deadline = Duration.seconds(10)
    private static let limitBytes = 262_144

    /// - Returns: nil where nothing is to be announced.
    init?(
        _ settings: BroadcastSettings, transport: any Transport, hub: SocketHub, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        guard let url = settings.url else { return nil }
        self.url = url
        authorization = settings.authorization
        seconds = Double(settings.seconds)
        self.transport = transport
        self.hub = hub
        self.logger = logger
        self.clock = clock
    }

    /// Works until cancelled.
    func run() async {
        repeat { await poll() } while (try? await clock.sleep(for: .seconds(seconds))) != nil
    }

    func poll() async {
        do {
            let board = BroadcastBoard(try await fetched())
            if board != hub.announced { hub.announce(board) }
        } catch {
            logger.warning("Broadcasts can't be read; what was announced stands", metadata: ["problem": "\(error)"])
        }
    }

    private struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    private func fetched() async throws -> [String: String] {
        var headers: [(name: String, value: String)] = [("accept", "application/json")]
        if let authorization { headers.append(("authorization", authorization)) }
        let request = TransportRequest(method: "GET", url: url, headers: headers, body: [], replyLimitBytes: Self.limitBytes)
        let reply: TransportReply
        do { reply = try await transport.send(request, within: Self.deadline) } catch { throw Unreadable(description: error.message) }
        guard reply.status == 200 else { throw Unreadable(description: "the answer was \(reply.status) instead of 200") }
        guard reply.body.count < Self.limitBytes, let list = try? JSONDecoder().decode(List.self, from: Data(reply.body)) else {
            throw Unreadable(
                description: #"the answer is not {"broadcasts":{"id":"version"}} in JSON of less than \#(Self.limitBytes) bytes"#)
        }
        return list.broadcasts
    }

    private struct List: Decodable {
        let broadcasts: [String: String]
    }
}
