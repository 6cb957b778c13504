import JWS
import NIOCore

/// User agents that register one channel each, take messages and acknowledge them.
struct LiveAgents: Sendable {
    private let agents: [BenchmarkUserAgent]

    var uaids: [String] { agents.map(\.uaid) }

    /// - Parameter uaids: of user agents that come back; new ones without.
    static func connect(_ count: Int, port: Int, clock: MessageClock, as uaids: [String] = []) async throws -> LiveAgents {
        try await withThrowingTaskGroup(of: (Int, BenchmarkUserAgent).self) { group in
            var agents: [Int: BenchmarkUserAgent] = [:]
            for index in 0..<count {
                if index >= 512, let (done, agent) = try await group.next() { agents[done] = agent }
                group.addTask { (index, try await agent(port, clock, uaids.isEmpty ? nil : uaids[index])) }
            }
            for try await (done, agent) in group { agents[done] = agent }
            return LiveAgents(agents: (0..<count).compactMap { agents[$0] })
        }
    }

    private static func agent(_ port: Int, _ clock: MessageClock, _ uaid: String?) async throws -> BenchmarkUserAgent {
        try await .connect(port: port, as: uaid) { frame in
            // Eight bytes are eleven characters; the twelfth has four bits of the ninth.
            guard let body = frame.member("data"), let bytes = Base64URL.decode(body.prefix(12)) else { return }
            clock.note(postedAt: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    /// - Returns: an endpoint for each.
    func register() async throws -> [String] {
        for agent in agents { agent.askForEndpoint() }
        var endpoints: [String] = []
        for agent in agents { endpoints.append(try await agent.endpoint()) }
        return endpoints
    }

    func close() { for agent in agents { agent.close() } }
}
