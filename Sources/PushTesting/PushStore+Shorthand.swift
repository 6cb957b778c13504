public import Foundation
public import PushSender

/// What tests ask of a store again and again, in fewer words.
extension PushStore {
    /// Writes a push with a slice for each lane.
    @discardableResult
    public func accept(_ push: Push, lanes: [Lane], lease: Lease? = nil) async throws -> [Slice] {
        let slices = lanes.map { Acceptance.NewSlice(Segment(lane: $0, timeZone: nil)) }
        return try await accept(Acceptance(push: push, slices: slices, lease: lease)).slices
    }

    public func lanes(of audience: Audience, app: AppID) async throws -> [Lane] {
        try await reach(of: audience, app: app) { _ in false }.segments.map(\.lane)
    }

    /// A page of a plain push to an audience.
    public func page(of slice: Slice, audience: Audience, app: AppID, limit: Int) async throws -> [Recipient] {
        let push = Push(
            id: slice.push, app: app, audience: audience, notification: Notification(title: "T"), policy: PushPolicy(),
            createdAt: Date(timeIntervalSince1970: 0))
        return try await page(of: slice, push: push, withProfiles: false, limit: limit)
    }

    /// - Returns: whether the page's lease was still held.
    public func wrote(_ page: PageRecord, owner: LeaseOwner) async throws -> Bool { try await record(page, owner: owner) != .lost }
}
