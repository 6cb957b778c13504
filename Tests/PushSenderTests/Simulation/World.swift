import Foundation
import PushTesting

@testable import PushSender

/// Several nodes, one store and the far sides, on one thread: who goes next, and what goes wrong, is the seed's choice.
final class World {
    var random: SeededGenerator
    var store: ModelStore
    let settings: DispatchSettings
    let ledger = Ledger()
    let faults: Faults
    let places: [DeviceID]
    var provider = SimulatedProvider()
    var nodes: [SimulatedNode] = []
    private var milliseconds: Int64 = 1_800_000_000_000
    var storeAwayUntil = Date.distantPast
    /// No more trouble: what is left must come to its end.
    private var isCalm = false
    var latestNode = 0
    var latestDevice = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        faults = Faults(&random)
        settings = Self.settings(&random)
        places = DevicePlaces.some(&random)
        store = ModelStore(ledger: ledger)
    }

    var now: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    private static func settings(_ random: inout SeededGenerator) -> DispatchSettings {
        var settings = DispatchSettings()
        settings.pageDevices = Int.random(in: 1...6, using: &random)
        settings.retryPageDevices = Int.random(in: 1...6, using: &random)
        settings.retry.capSeconds = 60
        settings.retry.unauthorizedSeconds = 20
        settings.breaker = .init(minimumAttempts: 4, capSeconds: 40, probeDevices: 2)
        var lane = LaneSettings()
        lane.directSlices = 2
        lane.broadcastSlices = 2
        lane.retryPages = 2
        lane.deadMinimum = 3
        settings.lanes = [.webPush: lane, .apns: lane]
        return settings
    }

    // MARK: The course of events

    /// - Returns: the promises that were broken.
    func run() -> [String] {
        for _ in 0..<Int.random(in: 1...3, using: &random) { startNode() }
        for _ in 0..<Int.random(in: 1...places.count, using: &random) { registerDevice() }
        for _ in 0..<Int.random(in: 100...400, using: &random) where ledger.violations.isEmpty {
            if isOneOf(25) { acceptPush() }
            if isOneOf(6) { somethingGoesWrong() }
            step()
        }
        calmDown()
        for _ in 0..<20_000 where ledger.violations.isEmpty && !store.isSettled { step() }
        ledger.close(store, pageDevices: settings.pageDevices)
        return ledger.violations
    }

    private func step() {
        pass(isOneOf(30) ? 6000 : isOneOf(6) ? 1000 : 20)
        for node in nodes { node.keepLeases() }
        for node in nodes { node.catchUp() }
        nodes.filter { !$0.isPaused }.randomElement(using: &random)?.step()
        for node in nodes where node.hasStopped { depart(node) }
    }

    private func pass(_ most: Int64) { milliseconds += Int64.random(in: 0...most, using: &random) }

    private func calmDown() {
        isCalm = true
        storeAwayUntil = now
        provider.getWell()
        for node in nodes { node.pausedUntil = nil }
    }

    func isOneOf(_ many: Int) -> Bool { Int.random(in: 0..<many, using: &random) == 0 }

    // MARK: What nodes see of the world

    /// - Returns: nil when no answer came, whatever became of the work.
    func ask<Answer>(_ work: (inout ModelStore) -> Answer) -> Answer? {
        if storeAwayUntil > now {
            ledger.incident()
            return nil
        }
        guard !isCalm, faults.lostAnswers, isOneOf(12) else { return work(&store) }
        ledger.incident()
        if Bool.random(using: &random) { _ = work(&store) }
        return nil
    }

    func record(_ page: SimulatedPage, _ owner: LeaseOwner) -> Bool? {
        ask { store in
            let recorded = store.record(page.settlement.record, owner: owner)
            if recorded == .counted { ledger.counted(page.settlement.record, page.note) }
            return recorded != .lost
        }
    }

    func attempt(_ push: Push, _ recipient: Recipient, in lane: Lane) -> Outcome {
        let outcome = provider.outcome(for: recipient.token, in: lane, now: now, &random)
        ledger.attempts(push, recipient.device, outcome, at: now)
        return outcome
    }

    func flightSeconds() -> Double {
        Double(Int.random(in: 0...(faults.stragglers && isOneOf(6) ? 30_000 : 500), using: &random)) / 1000
    }
}
