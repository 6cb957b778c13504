import Foundation
import PushService
import PushTesting
import WebPush

/// Several nodes on one store, and user agents, on one thread: who goes next, and what goes wrong, is the seed's choice.
final class ServiceWorld {
    var random: SeededGenerator
    var mail = SimulatedMail()
    let ledger = ServiceLedger()
    let limits: PushServiceLimits
    /// What may go wrong in this run, and what still may at this moment.
    let faults: ServiceFaults
    private(set) var activeFaults: ServiceFaults
    private(set) var now = Date(timeIntervalSince1970: 1_800_000_000)
    private let store = InMemoryMessageStore()
    private var storeAwayUntil = Date.distantPast
    private var nodes: [SimulatedNode] = []
    private var userAgents: [SimulatedUserAgent] = []
    private var latestNode = 0
    private var latestMessage: UInt32 = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        faults = ServiceFaults(&random)
        activeFaults = faults
        limits = Self.limits(&random)
    }

    private static func limits(_ random: inout SeededGenerator) -> PushServiceLimits {
        var limits = PushServiceLimits.window(Int.random(in: 1...8, using: &random), page: Int.random(in: 1...8, using: &random))
        limits.backlogMessages = [4, 12, 10_000].randomElement(using: &random) ?? 12
        return limits
    }

    // MARK: The course of events

    /// - Returns: the promises that were broken.
    func run() async -> [String] {
        for _ in 0..<Int.random(in: 1...4, using: &random) { startNode() }
        for number in 0..<Int.random(in: 1...3, using: &random) { userAgents.append(SimulatedUserAgent(number, in: self)) }
        for _ in 0..<Int.random(in: 200...800, using: &random) where ledger.violations.isEmpty {
            if isOneOf(6) { post() }
            if isOneOf(15) { somethingGoesWrong() }
            await step()
        }
        await settle()
        await checkAccount()
        closeTheBooks()
        return ledger.violations
    }

    private func step() async {
        pass(activeFaults.storeOutages && isOneOf(30) ? 10_000 : isOneOf(10) ? 1000 : 20)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3: await aNode?.work()
        case 3..<6: aNode?.aSocket?.step()
        case 6..<9: userAgents.randomElement(using: &random)?.step()
        default: carryMail()
        }
    }

    var aNode: SimulatedNode? { nodes.randomElement(using: &random) }
    func isOneOf(_ many: Int) -> Bool { Int.random(in: 0..<many, using: &random) == 0 }

    private func pass(_ mostMilliseconds: Int) {
        now += Double(Int.random(in: 0...mostMilliseconds, using: &random)) / 1000
    }

    private func carryMail() {
        guard let letter = mail.take(activeFaults, &random) else { return }
        nodes.first { $0.id == letter.node }?.receive(letter.news)
    }

    // MARK: The dust settles

    /// No more trouble: all that was begun comes to its end, then every node asks once what it has missed.
    private func settle() async {
        activeFaults = .none
        storeAwayUntil = now
        await quieten()
        for node in nodes { node.startResync() }
        await quieten()
        // What waited for a reason to wake somebody up has none any more.
        for userAgent in userAgents { userAgent.want(.veryLow) }
        await quieten()
    }

    private func quieten() async {
        for _ in 0..<3000 {
            if isQuiet || !ledger.violations.isEmpty { return }
            // Looking whether all is quiet takes longer than a step.
            for _ in 0..<10 { await step() }
        }
        ledger.demand(false, "it never comes to rest")
    }

    private var isQuiet: Bool { mail.isEmpty && nodes.allSatisfy(\.isIdle) && userAgents.allSatisfy(\.isSettled) }

    /// Every message is in exactly one state.
    private func checkAccount() async {
        let tally = await store.tally(), waiting = await store.waiting
        ledger.demand(tally.waiting == waiting, "\(tally.waiting) messages wait by the account, \(waiting) in truth")
    }

    private func closeTheBooks() {
        guard ledger.violations.isEmpty else { return }
        let live = nodes.flatMap(\.sockets).compactMap(\.attachedTo)
        for (uaid, sessions) in Dictionary(grouping: live, by: \.self) {
            ledger.demand(sessions.count == 1, "\(sessions.count) sessions of \(uaid.text.prefix(4)) are left")
        }
        for userAgent in userAgents { ledger.demand(userAgent.hasTheOnlySession, "a user agent's connection isn't its own") }
        ledger.close(now: now)
    }

    // MARK: What goes wrong

    private func somethingGoesWrong() {
        switch Int.random(in: 0..<7, using: &random) {
        case 0 where activeFaults.nodeDeaths: killNode()
        case 1 where nodes.count < 4: startNode()
        case 2 where activeFaults.storeOutages: storeAwayUntil = now.addingTimeInterval(Double.random(in: 0...20, using: &random))
        case 3: aNode?.startResync()
        case 4: aNode?.aSocket?.noticeIfAbandoned()
        case 5: userAgents.randomElement(using: &random)?.want(Urgency.allCases.randomElement(using: &random) ?? .low)
        default: userAgents.randomElement(using: &random)?.hangUp()
        }
    }

    private func startNode() {
        latestNode += 1
        nodes.append(SimulatedNode(NodeID(rawValue: "n\(latestNode)"), in: self))
    }

    private func killNode() {
        nodes.remove(at: Int.random(in: nodes.indices, using: &random)).die()
        if nodes.isEmpty || Bool.random(using: &random) { startNode() }
    }

    // MARK: Application servers

    private func post() {
        guard let channel = userAgents.randomElement(using: &random)?.aChannel else { return }
        latestMessage += 1
        let body = withUnsafeBytes(of: latestMessage.bigEndian) { Array($0) }
        let key = isOneOf(4) ? try? CollapseKey("k\(Int.random(in: 0..<2, using: &random))") : nil
        let ttlSeconds = isOneOf(6) ? 0 : isOneOf(5) ? Int.random(in: 1...30, using: &random) : 2_592_000
        aNode?.accept(
            NewMessage(
                channel: channel, collapseKey: key, urgency: Urgency.allCases.randomElement(using: &random) ?? .normal, ttl: TTL(seconds: ttlSeconds), postedAt: now,
                content: MessageContent(body: body, encoding: "aes128gcm")))
    }

    // MARK: What nodes see of the store

    /// - Returns: nil when no answer came, whatever became of the work.
    func ask<Answer: Sendable>(_ work: (InMemoryMessageStore) async -> Answer) async -> Answer? {
        if storeAwayUntil > now { return nil }
        guard activeFaults.lostAnswers, isOneOf(10) else { return await work(store) }
        if Bool.random(using: &random) { _ = await work(store) }
        return nil
    }
}
