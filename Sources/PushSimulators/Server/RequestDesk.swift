#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Synchronization

/// Where requests of one port are judged, struck by faults and counted. Every connection of the port asks it.
final class RequestDesk: Sendable {
    let port: SimulatedPort
    /// What a client may have open on a new connection.
    let firstStreamLimit: Int
    private let rules: Mutex<(any ProviderRules)?>
    private let record: SimulatorRecord

    init(port: SimulatedPort, firstStreamLimit: Int, record: SimulatorRecord) {
        self.port = port
        self.firstStreamLimit = firstStreamLimit
        self.rules = Mutex(nil)
        self.record = record
    }

    /// Begins to answer. Some rules know the address they are asked at, so they come after it.
    func open(with rules: any ProviderRules) { self.rules.withLock { $0 = rules } }

    func answer(_ request: SimulatorRequest, on connection: inout ConnectionMemory, now: Date) -> Answer {
        let earlierRequests = connection.requests
        let limitBefore = connection.streamLimit
        connection.requests += 1
        guard let verdict = rules.withLock({ $0?.judge(request, on: &connection, now: now) }) else { return Answer(nil) }
        let struck = record.strike(
            .init(port: port, kind: verdict.kind, targets: verdict.targets, earlierRequests: earlierRequests))
        var answer = Answer(verdict.reply)
        if let struck {
            answer = rules.withLock { rules in
                guard var struckRules = rules else { return Answer(nil) }
                defer { rules = struckRules }
                return struck.fault.strike(verdict, tokens: struck.tokens, rules: &struckRules, now: now)
            }
        }
        if let limit = answer.streamLimit { connection.streamLimit = limit }
        answer.streamLimit = connection.streamLimit == limitBefore ? nil : connection.streamLimit
        let reason = answer.reply.flatMap(ReplyReason.of)
        let isSuccess = verdict.isAccepted && reason == nil && answer.reply.map { (200..<300).contains($0.status) } == true
        record.note(
            .init(
                port: port, at: now, request: request, kind: verdict.kind, targets: verdict.targets, isAccepted: isSuccess,
                status: answer.reply?.status, fault: struck?.fault.name, reason: reason))
        return answer
    }

    func connectionOpened() { record.connectionOpened(port) }
    func connectionClosed() { record.connectionClosed(port) }
}

/// What all ports share: the script of faults, and the log.
final class SimulatorRecord: Sendable {
    private struct State {
        var script: FaultScript
        var log: RequestLog
    }

    private let state: Mutex<State>

    init(script: FaultScript, capacity: Int) { state = Mutex(State(script: script, log: RequestLog(capacity: capacity))) }

    func strike(_ circumstances: FaultScript.Circumstances) -> (fault: Fault, tokens: [String])? {
        state.withLock { $0.script.isEmpty ? nil : $0.script.next(circumstances) }
    }

    func note(_ entry: RequestLog.Entry) { state.withLock { $0.log.add(entry) } }
    func connectionOpened(_ port: SimulatedPort) { state.withLock { $0.log.connectionOpened(port) } }
    func connectionClosed(_ port: SimulatedPort) { state.withLock { $0.log.connectionClosed(port) } }

    var script: FaultScript { state.withLock { $0.script } }
    func setScript(_ script: FaultScript) { state.withLock { $0.script = script } }

    var counts: [SimulatedPort: RequestCounts] { state.withLock { $0.log.counts } }
    func newest(_ limit: Int, where isWanted: @Sendable (RequestLog.Entry) -> Bool) -> [RequestLog.Entry] {
        state.withLock { $0.log.newest(limit, where: isWanted) }
    }
    func clear() { state.withLock { $0.log.clear() } }
}
