import Crypto
import JWS
import Logging
import PushSender
import PushStorage
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A notice for devices that are registered here: `app_id` is the App's name, `pushkey` the token. A token that no device of the App has
/// is sent nothing, so that the gateway, which asks nobody who he is, reaches only whom the App knows.
struct MatrixPushes: Sendable {
    let apps: SQLAppStore
    let devices: any DeviceStore
    let intake: PushIntake
    let logger: Logger

    /// - Returns: false when there is no such App, or no such device that is alive.
    /// - Throws: what the stores throw.
    func send(_ notice: MatrixNotice, to target: MatrixDevice, now: Date) async throws -> Bool {
        guard let app = try await apps.app(named: target.appID)?.id, let device = try await device(target, app), device.disabledAt == nil
        else { return false }
        do {
            try await intake.accept(request(notice, target, device, isBrief: target.wantsEventIDOnly), now: now)
        } catch let problem as PushProblem where problem.code == .nobody || problem.code == .unknownDevice {
            return false
        } catch let problem as PushProblem where problem.code == .tooLarge && !target.wantsEventIDOnly {
            return try await sendBrief(notice, to: target, device, now)
        } catch let problem as PushProblem where problem.code != .keyReused {
            warn(problem)
        }
        return true
    }

    private func sendBrief(_ notice: MatrixNotice, to target: MatrixDevice, _ device: Device, _ now: Date) async throws -> Bool {
        do {
            try await intake.accept(request(notice, target, device, isBrief: true), now: now)
        } catch let problem as PushProblem {
            warn(problem)
        }
        return true
    }

    /// Sending it again wouldn't help, and the device isn't dead.
    private func warn(_ problem: PushProblem) {
        logger.warning("A homeserver's notification can't be sent, and is dropped", metadata: ["problem": "\(problem)"])
    }

    private func device(_ target: MatrixDevice, _ app: AppID) async throws -> Device? {
        for (provider, address) in Self.addresses(of: target) {
            if let device = try await devices.device(address: address, provider: provider, app: app) { return device }
        }
        return nil
    }

    /// What the token may be. Apple's are given in base64 by custom, and are hexadecimal here.
    static func addresses(of target: MatrixDevice) -> [(ProviderName, String)] {
        if let endpoint = target.endpoint { return [(.webPush, endpoint)] }
        var addresses: [(ProviderName, String)] = [(.fcm, target.pushkey), (.apns, target.pushkey.lowercased()), (.webPush, target.pushkey)]
        if let token = Base64URL.decode(target.pushkey) { addresses.append((.apns, Self.hexadecimal(token))) }
        return addresses
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func request(_ notice: MatrixNotice, _ target: MatrixDevice, _ device: Device, isBrief: Bool) -> PushRequest {
        let content = MatrixContent(notice: notice, device: target, isBrief: isBrief)
        var policy = PushPolicy()
        policy.urgency = notice.isUrgent ? .high : .low
        policy.collapseKey = notice.eventID == nil ? "counts" : nil
        return PushRequest(
            app: device.app, audience: Audience(devices: [device.id]), notification: content.notification(for: device.provider),
            policy: policy, idempotency: notice.idempotency(for: target))
    }
}

extension MatrixNotice {
    /// Kept with the push, so that neither another node nor this one after a restart sends it twice.
    fileprivate func idempotency(for device: MatrixDevice) -> Idempotency? {
        digest(for: device).map { Idempotency(key: "matrix:" + Base64URL.encode(Array($0)), requestHash: Array($0)) }
    }
}
