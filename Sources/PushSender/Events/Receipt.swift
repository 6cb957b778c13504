#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a device says of a push that reached it.
public enum ReceiptKind: String, Sendable, Hashable, CaseIterable {
    case received, opened, dismissed

    public var event: EventKind {
        switch self {
        case .received: .receiptReceived
        case .opened: .receiptOpened
        case .dismissed: .receiptDismissed
        }
    }
}

public struct Receipt: Sendable, Hashable {
    public let push: PushID
    public let device: DeviceID
    public let kind: ReceiptKind

    public init(push: PushID, device: DeviceID, kind: ReceiptKind) {
        self.push = push
        self.device = device
        self.kind = kind
    }
}

/// What became of a receipt.
public enum ReceiptVerdict: Sendable, Hashable {
    case counted
    /// It had been counted before.
    case repeated
    /// There is no such push, or none any more.
    case unknownPush
    /// There is no such device in the push's App.
    case unknownDevice
}

/// A receipt that came by a link of ours, which also says who brought the push.
public struct LinkedReceipt: Sendable, Hashable {
    public let link: ReceiptToken
    public let kind: ReceiptKind

    public init(_ kind: ReceiptKind, by link: ReceiptToken) {
        self.link = link
        self.kind = kind
    }

    public var receipt: Receipt { Receipt(push: link.push, device: link.device, kind: kind) }
}

/// The port to what devices said. Each push, device and kind counts once, however often and wherever it arrives.
public protocol ReceiptStore: Sendable {
    /// - Returns: a verdict for each, in order; of links no device is unknown.
    func record(_ receipts: [LinkedReceipt], now: Date) async throws -> [ReceiptVerdict]

    /// Counts what an App's own backend heard from its devices.
    /// - Returns: a verdict for each, in order.
    func record(_ receipts: [Receipt], app: AppID, now: Date) async throws -> [ReceiptVerdict]
}
