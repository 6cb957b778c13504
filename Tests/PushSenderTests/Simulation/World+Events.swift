import Foundation
import WebPush

@testable import PushSender

extension World {
    // MARK: What goes wrong

    func somethingGoesWrong() {
        switch Int.random(in: 0..<7, using: &random) {
        case 0 where faults.kills: kill()
        case 1 where faults.pauses: pause()
        case 2 where faults.shutdowns: stopOne()
        case 3 where faults.storeOutages: storeAwayUntil = now.addingTimeInterval(Double.random(in: 0...100, using: &random))
        case 4 where faults.deviceChanges: changeDevices()
        case 5 where faults.laneChanges: changeLane()
        case 6 where faults.troubledFarSides: provider.changeMood(&random)
        default: break
        }
    }

    func startNode() {
        latestNode += 1
        nodes.append(SimulatedNode(latestNode, in: self))
    }

    private func kill() {
        ledger.incident()
        nodes.remove(at: Int.random(in: nodes.indices, using: &random))
        startNode()
    }

    private func pause() {
        ledger.incident()
        nodes.randomElement(using: &random)?.pausedUntil = now.addingTimeInterval(Double.random(in: 0...150, using: &random))
    }

    private func stopOne() {
        nodes.randomElement(using: &random)?.isStopping = true
        if nodes.allSatisfy(\.isStopping) { startNode() }
    }

    func depart(_ node: SimulatedNode) {
        nodes.removeAll { $0 === node }
        _ = ask { $0.releaseLeases(of: node.name) }
    }

    private func changeDevices() {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: registerDevice()
        case 1: changeOne { [now] in
            $0.registeredAt = now
            $0.disabledAt = nil
        }
        default: store.devices.indices.randomElement(using: &random).map { store.remove(at: $0) }
        }
    }

    private func changeLane() {
        changeOne { $0.token.environment = $0.token.environment == .production ? .sandbox : .production }
    }

    private func changeOne(_ change: (inout Device) -> Void) {
        store.devices.indices.randomElement(using: &random).map { store.change($0, change) }
    }

    // MARK: Pushes and devices

    func registerDevice() {
        guard latestDevice < places.count else { return }
        let provider: ProviderName = Bool.random(using: &random) ? .webPush : .apns
        let farSide = "abc".randomElement(using: &random) ?? "a"
        let token = Token(
            address: "\(farSide)\(latestDevice)", environment: provider == .webPush ? .only : isOneOf(3) ? .sandbox : .production,
            kind: isOneOf(3) ? "voip" : "")
        store.register(
            Device(
                id: places[latestDevice], app: .default, provider: provider, token: token, user: nil, topics: [], createdAt: now,
                registeredAt: now, disabledAt: nil))
        latestDevice += 1
    }

    func acceptPush() {
        guard let node = nodes.filter({ !$0.isPaused && !$0.isStopping }).randomElement(using: &random) else { return }
        let named = store.devices.shuffled(using: &random).prefix(Int.random(in: 1...5, using: &random)).map(\.device.id)
        let audience = Bool.random(using: &random) ? .everyone : Audience(devices: named)
        let ttlSeconds = [0, 1, 30, 300, 3600].randomElement(using: &random) ?? 0
        let isPicky = faults.pickyPushes && Bool.random(using: &random)
        let policy = PushPolicy(ttl: TTL(seconds: ttlSeconds), collapseKey: isPicky ? "voip" : nil)
        let push = Push(
            id: PushID(rawValue: "push\(store.pushes.count + 1)"), app: .default, audience: audience,
            notification: Notification(title: "t"), policy: policy, createdAt: now)
        node.accept(push, store.lanes(of: audience))
    }
}
