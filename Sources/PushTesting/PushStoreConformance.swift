import Foundation
import JSON
public import PushSender
public import Testing
import WebPush

/// What every ``DeviceStore`` with its ``PushStore`` must do, whatever they are made of. Each guarantee takes fresh, empty stores.
///
///     @Test(arguments: PushStoreConformance.all)
///     func storesConform(_ guarantee: PushStoreConformance.Guarantee) async throws {
///         try await guarantee.check(PushStoreConformance(devices: …, pushes: …))
///     }
public struct PushStoreConformance: Sendable {
    public struct Guarantee: Sendable, CustomTestStringConvertible {
        public let testDescription: String
        public let check: @Sendable (PushStoreConformance) async throws -> Void

        init(_ name: String, _ check: @escaping @Sendable (PushStoreConformance) async throws -> Void) {
            testDescription = name
            self.check = check
        }
    }

    public static let all: [Guarantee] = [
        Guarantee("the same address is the same device") { try await $0.theSameAddressIsTheSameDevice() },
        Guarantee("another app sees nothing") { try await $0.anotherAppSeesNothing() },
        Guarantee("devices are listed page by page") { try await $0.devicesAreListedPageByPage() },
        Guarantee("topics are joined and left") { try await $0.topicsAreJoinedAndLeft() },
        Guarantee("an unknown device is refused by position") { try await $0.anUnknownDeviceIsRefusedByPosition() },
        Guarantee("an audience's lanes are those of its devices") { try await $0.anAudiencesLanesAreThoseOfItsDevices() },
        Guarantee("a push without lanes is done at once") { try await $0.aPushWithoutLanesIsDoneAtOnce() },
        Guarantee("an accepted push comes back as it was") { try await $0.anAcceptedPushComesBackAsItWas() },
        Guarantee("pages walk every device once in cursor order") { try await $0.pagesWalkEveryDeviceOnceInCursorOrder() },
        Guarantee("a union names each device once") { try await $0.aUnionNamesEachDeviceOnce() },
        Guarantee("disabled devices are not walked") { try await $0.disabledDevicesAreNotWalked() },
        Guarantee("a slice is held once until its lease ends") { try await $0.aSliceIsHeldOnceUntilItsLeaseEnds() },
        Guarantee("a push may be accepted under a lease") { try await $0.aPushMayBeAcceptedUnderALease() },
        Guarantee("renewing prolongs only the owners leases") { try await $0.renewingProlongsOnlyTheOwnersLeases() },
        Guarantee("direct pushes do not wait behind broadcasts") { try await $0.directPushesDoNotWaitBehindBroadcasts() },
        Guarantee("lanes are claimed apart") { try await $0.lanesAreClaimedApart() },
        Guarantee("a slice handed back for later is not claimed before") {
            try await $0.aSliceHandedBackForLaterIsNotClaimedBefore()
        },
        Guarantee("many who claim at once hold nothing twice") { try await $0.manyWhoClaimAtOnceHoldNothingTwice() },
        Guarantee("many who record at once finish the push") { try await $0.manyWhoRecordAtOnceFinishThePush() },
        Guarantee("a page recorded again counts once") { try await $0.aPageRecordedAgainCountsOnce() },
        Guarantee("a device met in two lanes waits once") { try await $0.aDeviceMetInTwoLanesWaitsOnce() },
        Guarantee("a replaced token outlives an older no") { try await $0.aReplacedTokenOutlivesAnOlderNo() },
        Guarantee("a node gives back what is its own") { try await $0.aNodeGivesBackWhatIsItsOwn() },
        Guarantee("one address registered by many at once is one device") { try await $0.oneAddressRegisteredByManyAtOnceIsOneDevice() },
        Guarantee("finished pushes are deleted in small batches") { try await $0.finishedPushesAreDeletedInSmallBatches() },
        Guarantee("a lost lease writes nothing") { try await $0.aLostLeaseWritesNothing() },
        Guarantee("all leases can be freed") { try await $0.allLeasesCanBeFreed() },
        Guarantee("a page moves the cursor and counts") { try await $0.aPageMovesTheCursorAndCounts() },
        Guarantee("half of a slice can be given away") { try await $0.halfOfASliceCanBeGivenAway() },
        Guarantee("a push is done when nothing waits") { try await $0.aPushIsDoneWhenNothingWaits() },
        Guarantee("what is still in the air stays its owner's") { try await $0.whatIsStillInTheAirStaysItsOwners() },
        Guarantee("an environment that was found out is kept") { try await $0.anEnvironmentThatWasFoundOutIsKept() },
        Guarantee("a retry of a device that is gone has no recipient") { try await $0.aRetryOfADeviceThatIsGoneHasNoRecipient() },
        Guarantee("a registration outlives an older no") { try await $0.aRegistrationOutlivesAnOlderNo() },
        Guarantee("a replaced token is used from then on") { try await $0.aReplacedTokenIsUsedFromThenOn() },
    ]

    private let devices: any DeviceStore
    private let pushes: any PushStore
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let owner = LeaseOwner(rawValue: "one")
    private let other = LeaseOwner(rawValue: "two")

    public init(devices: any DeviceStore, pushes: any PushStore) {
        self.devices = devices
        self.pushes = pushes
    }

    // MARK: Devices

    func theSameAddressIsTheSameDevice() async throws {
        let first = try await register("a", user: "ann", topics: ["news"])
        let again = try await devices.register(
            registration("a", .webPush, user: "bob", topics: nil), newID: DeviceID(rawValue: "other"), now: now.addingTimeInterval(5))
        #expect(!again.isNew)
        #expect(again.device.id == first)
        #expect(again.device.user == "bob", "the user of the newest registration owns the device")
        #expect(again.device.topics == ["news"], "nil leaves the memberships")
        #expect(again.device.registeredAt == now.addingTimeInterval(5))
        #expect(try await devices.devices(app: .default, after: nil, limit: 10).count == 1)
    }

    func anotherAppSeesNothing() async throws {
        let device = try await register("a")
        let stranger = AppID(rawValue: 99)
        #expect(try await devices.device(device, app: stranger) == nil)
        #expect(try await devices.remove(device, app: stranger) == false)
        #expect(try await devices.update(device, app: stranger, DeviceChanges(owner: .user("eve")), now: now) == nil)
        #expect(try await devices.device(device, app: .default) != nil)
    }

    func devicesAreListedPageByPage() async throws {
        for index in 0..<5 { _ = try await register("a\(index)") }
        let first = try await devices.devices(app: .default, after: nil, limit: 3)
        let second = try await devices.devices(app: .default, after: first.last?.id, limit: 3)
        #expect(first.count == 3 && second.count == 2)
        #expect(Set((first + second).map(\.id)).count == 5)
    }

    func topicsAreJoinedAndLeft() async throws {
        let device = try await register("a")
        #expect(try await devices.join("news", device: device, app: .default)?.topics == ["news"])
        #expect(try await devices.join("news", device: device, app: .default)?.topics == ["news"])
        #expect(try await devices.leave("news", device: device, app: .default)?.topics == [])
        #expect(try await devices.join("news", device: DeviceID(rawValue: "none"), app: .default) == nil)
    }

    // MARK: Accepting

    func anUnknownDeviceIsRefusedByPosition() async throws {
        let device = try await register("a")
        let audience = Audience(devices: [device, DeviceID(rawValue: "ghost")])
        do {
            _ = try await pushes.lanes(of: audience, app: .default)
            Issue.record("an unknown device was not refused")
        } catch let problem as PushProblem {
            #expect(problem.code == .unknownDevice)
            #expect(problem.field == "audience.devices[1]")
        }
    }

    func anAudiencesLanesAreThoseOfItsDevices() async throws {
        let browser = try await register("a", user: "ann", topics: ["news"])
        let phone = try await register("b", lane: .sandbox, user: "ann")
        _ = try await register("c", lane: .production, user: "bob")
        func lanes(_ audience: Audience) async throws -> Set<Lane> {
            Set(try await pushes.lanes(of: audience, app: .default))
        }
        #expect(try await lanes(Audience(devices: [browser])) == [.webPush])
        #expect(try await lanes(Audience(devices: [browser, phone])) == [.webPush, .sandbox])
        #expect(try await lanes(Audience(users: ["ann"])) == [.webPush, .sandbox])
        #expect(try await lanes(Audience(users: ["nobody"])) == [])
        #expect(try await lanes(.everyone) == [.webPush, .sandbox, .production])
        #expect(try await pushes.lanes(of: .everyone, app: AppID(rawValue: 9)) == [])
    }

    func aPushWithoutLanesIsDoneAtOnce() async throws {
        let push = push(to: .everyone)
        try await pushes.accept(push, lanes: [], lease: nil)
        #expect(try await state(of: push) == .done)
    }

    func anAcceptedPushComesBackAsItWas() async throws {
        let push = push(to: Audience(users: ["ann"], topics: ["a", "b"]), collapseKey: "k")
        try await pushes.accept(push, lanes: [.webPush], lease: nil)
        let status = try #require(try await pushes.status(of: push.id, app: .default))
        #expect(status.push == push)
        #expect(status.state == .queued && status.progress == 0)
    }

    // MARK: Pages

    func pagesWalkEveryDeviceOnceInCursorOrder() async throws {
        var expected: Set<DeviceID> = []
        for index in 0..<50 { expected.insert(try await register("a\(index)")) }
        let walked = try await walk(.everyone, pageSize: 7)
        #expect(walked.count == 50)
        #expect(Set(walked) == expected)
        let order = walked.map { ($0.shard, $0.rawValue) }
        #expect(zip(order, order.dropFirst()).allSatisfy { $0 < $1 })
    }

    func aUnionNamesEachDeviceOnce() async throws {
        let ann = try await register("a", user: "ann", topics: ["news", "sport"])
        let bob = try await register("b", user: "bob", topics: ["news"])
        let cat = try await register("c", user: "cat")
        _ = try await register("d", user: "dan", topics: ["other"])
        #expect(Set(try await walk(Audience(topics: ["news"]))) == [ann, bob])
        #expect(try await walk(Audience(topics: ["news", "sport"])).count == 2)
        #expect(Set(try await walk(Audience(users: ["cat", "nobody"]))) == [cat])
        let union = try await walk(Audience(devices: [ann, cat], users: ["ann", "bob"], topics: ["sport"]), pageSize: 2)
        #expect(union.count == 3)
        #expect(Set(union) == [ann, bob, cat])
    }

    func disabledDevicesAreNotWalked() async throws {
        let dead = try await register("a")
        let alive = try await register("b")
        try await disable(dead, asOf: now)
        #expect(try await walk(.everyone) == [alive])
        #expect(try await walk(Audience(devices: [dead, alive])) == [alive])
        #expect(try await devices.activeDeviceCount(app: .default) == 1)
        _ = try await register("a", at: now.addingTimeInterval(1))
        #expect(try await walk(.everyone).count == 2, "a registration enables the device again")
    }

    // MARK: Leases

    func aSliceIsHeldOnceUntilItsLeaseEnds() async throws {
        try await pushes.accept(push(to: .everyone), lanes: [.webPush], lease: nil)
        #expect(try await claim(.broadcast, owner).count == 1)
        #expect(try await claim(.broadcast, other).isEmpty)
        #expect(try await claim(.broadcast, other, at: now.addingTimeInterval(61)).count == 1)
    }

    func aPushMayBeAcceptedUnderALease() async throws {
        let slices = try await pushes.accept(
            push(to: .everyone), lanes: [.webPush], lease: Lease(owner: owner, until: now.addingTimeInterval(60)))
        #expect(try await claim(.broadcast, other).isEmpty)
        #expect(try await pushes.wrote(record(of: try #require(slices.first), isFinished: false), owner: owner))
        #expect(try await claim(.broadcast, other, at: now.addingTimeInterval(61)).map(\.slice.id) == slices.map(\.id))
    }

    func renewingProlongsOnlyTheOwnersLeases() async throws {
        try await pushes.accept(push(to: .everyone), lanes: [.webPush], lease: nil)
        _ = try await claim(.broadcast, owner)
        try await pushes.renewLeases(owners: [other], until: now.addingTimeInterval(1000))
        try await pushes.renewLeases(owners: [owner, LeaseOwner(rawValue: "nobody")], until: now.addingTimeInterval(120))
        #expect(try await claim(.broadcast, other, at: now.addingTimeInterval(61)).isEmpty)
        #expect(try await claim(.broadcast, other, at: now.addingTimeInterval(121)).count == 1)
    }

    func directPushesDoNotWaitBehindBroadcasts() async throws {
        let device = try await register("a")
        try await pushes.accept(push(to: .everyone), lanes: [.webPush], lease: nil)
        let direct = push(to: Audience(devices: [device]))
        try await pushes.accept(direct, lanes: [.webPush], lease: nil)
        #expect(try await claim(.direct, owner).map(\.push.id) == [direct.id])
    }

    func lanesAreClaimedApart() async throws {
        try await pushes.accept(push(to: .everyone), lanes: [.webPush, .sandbox], lease: nil)
        #expect(Set(try await pushes.lanesWithSlices(.broadcast, now: now)) == [.webPush, .sandbox])
        #expect(try await pushes.lanesWithSlices(.direct, now: now) == [])
        #expect(try await claim(.broadcast, owner, lane: .sandbox).map(\.slice.lane) == [.sandbox])
        #expect(try await pushes.lanesWithSlices(.broadcast, now: now) == [.webPush])
    }

    func aSliceHandedBackForLaterIsNotClaimedBefore() async throws {
        let slice = try await sliceToEveryone()
        let later = now.addingTimeInterval(30)
        var record = record(of: slice, isFinished: false)
        record.source = .slice(slice, isFinished: false, given: nil, release: .until(later))
        #expect(try await pushes.wrote(record, owner: owner))
        #expect(try await pushes.lanesWithSlices(.broadcast, now: now.addingTimeInterval(29)) == [])
        #expect(try await claim(.broadcast, other, at: now.addingTimeInterval(29)).isEmpty)
        try await pushes.hasten(app: AppID(rawValue: 9), provider: .webPush, now: now)
        try await pushes.hasten(app: .default, provider: .apns, now: now)
        #expect(try await claim(.broadcast, other).isEmpty, "somebody else's credentials changed")
        try await pushes.hasten(app: .default, provider: .webPush, now: now)
        #expect(try await claim(.broadcast, other).count == 1)
    }

    func aLostLeaseWritesNothing() async throws {
        let device = try await register("a")
        let push = push(to: .everyone)
        try await pushes.accept(push, lanes: [.webPush], lease: nil)
        let slice = try #require(try await claim(.broadcast, owner).first).slice
        _ = try await claim(.broadcast, other, at: now.addingTimeInterval(61))
        var record = record(of: slice, isFinished: true)
        record.counters.unregistered = 1
        record.dead = [.init(device: device, asOf: now.addingTimeInterval(61))]
        #expect(try await pushes.wrote(record, owner: owner) == false)
        let status = try #require(try await pushes.status(of: push.id, app: .default))
        #expect(status.total == PushCounters() && status.state != .done)
        #expect(try await devices.activeDeviceCount(app: .default) == 1)
    }

    func aNodeGivesBackWhatIsItsOwn() async throws {
        for _ in 0..<3 { try await pushes.accept(push(to: .everyone), lanes: [.webPush], lease: nil) }
        for name in ["one.1", "one.22", "one2.1"] {
            let claim = Claim(
                lane: .webPush, limit: 1, owner: LeaseOwner(rawValue: name), now: now, leaseUntil: now.addingTimeInterval(60))
            #expect(try await pushes.claimSlices(.broadcast, claim).count == 1)
        }
        try await pushes.releaseLeases(node: owner)
        #expect(try await claim(.broadcast, other).count == 2)
    }

    // MARK: Many at once

    func manyWhoClaimAtOnceHoldNothingTwice() async throws {
        for _ in 0..<60 { try await pushes.accept(push(to: .everyone), lanes: [.webPush], lease: nil) }
        let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for node in 0..<12 {
                group.addTask {
                    try await self.pushes.claimSlices(
                        .broadcast,
                        Claim(
                            lane: .webPush, limit: 7, owner: LeaseOwner(rawValue: "n\(node)"), now: self.now,
                            leaseUntil: self.now.addingTimeInterval(60))
                    ).map(\.slice.id)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(claimed).count == claimed.count)
        let left = try await claim(.broadcast, other).count
        #expect(claimed.count <= 60 && left == min(10, 60 - claimed.count), "who left some out left them for others")
    }

    func manyWhoRecordAtOnceFinishThePush() async throws {
        let lanes: [Lane] = [.webPush, .production, .sandbox]
        let all = (0..<10).map { _ in push(to: .everyone) }
        for push in all { try await pushes.accept(push, lanes: lanes, lease: nil) }
        var slices: [Slice] = []
        for lane in lanes { slices += try await claim(.broadcast, owner, lane: lane).map(\.slice) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for slice in slices {
                group.addTask {
                    var record = self.record(of: slice, isFinished: true)
                    record.counters.accepted = 1
                    return try await self.pushes.wrote(record, owner: self.owner)
                }
            }
            for try await isOurs in group { #expect(isOurs) }
        }
        for push in all {
            let status = try await pushes.status(of: push.id, app: .default)
            #expect(status?.state == .done && status?.total.accepted == 3)
        }
    }

    func oneAddressRegisteredByManyAtOnceIsOneDevice() async throws {
        let ids = try await withThrowingTaskGroup(of: DeviceID.self) { group in
            for number in 0..<12 {
                group.addTask { try await self.register("same", topics: ["t\(number % 2)"]) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await devices.devices(app: .default, after: nil, limit: 10).count == 1)
    }

    // MARK: Growing old

    func finishedPushesAreDeletedInSmallBatches() async throws {
        let device = try await register("a")
        let old = push(to: .everyone)
        try await pushes.accept(old, lanes: [.webPush], lease: nil)
        var last = record(of: try #require(try await claim(.broadcast, owner).first).slice, isFinished: true)
        last.failures = [device, DeviceID(rawValue: "b"), DeviceID(rawValue: "c")].map {
            DeliveryFailure(device: $0, kind: .failed, reason: "no", at: now)
        }
        #expect(try await pushes.wrote(last, owner: owner))
        let unfinished = push(to: .everyone)
        try await pushes.accept(unfinished, lanes: [.webPush], lease: nil)

        #expect(try await pushes.deleteFinished(before: now, limit: 2) == 0, "it was finished at that moment, not before")
        let later = now.addingTimeInterval(1)
        #expect(try await pushes.deleteFinished(before: later, limit: 2) == 2)
        #expect(try await pushes.status(of: old.id, app: .default) != nil, "its failures go first")
        var deleted = 0
        while true {
            let more = try await pushes.deleteFinished(before: later, limit: 2)
            if more == 0 { break }
            deleted += more
        }
        #expect(deleted == 2, "the last failure, and the push")
        #expect(try await pushes.status(of: old.id, app: .default) == nil)
        #expect(try await pushes.failures(of: old.id, after: nil, limit: 10).isEmpty)
        #expect(try await pushes.status(of: unfinished.id, app: .default) != nil)
    }

    func allLeasesCanBeFreed() async throws {
        try await pushes.accept(push(to: .everyone), lanes: [.webPush], lease: nil)
        _ = try await claim(.broadcast, owner)
        try await pushes.releaseAllLeases()
        #expect(try await claim(.broadcast, other).count == 1)
    }

    // MARK: Recording

    func aPageMovesTheCursorAndCounts() async throws {
        for index in 0..<3 { _ = try await register("a\(index)") }
        let push = push(to: .everyone)
        try await pushes.accept(push, lanes: [.webPush], lease: nil)
        var slice = try #require(try await claim(.broadcast, owner).first).slice
        let page = try await pushes.page(of: slice, audience: .everyone, app: .default, limit: 2)
        slice.cursor = DeviceCursor(shard: page[1].device.shard, device: page[1].device)
        var record = record(of: slice, isFinished: false, isReleased: true)
        record.counters.accepted = 2
        #expect(try await pushes.wrote(record, owner: owner))
        let status = try #require(try await pushes.status(of: push.id, app: .default))
        #expect(status.total.accepted == 2 && status.state == .sending)
        let next = try #require(try await claim(.broadcast, other).first).slice
        #expect(next.cursor == slice.cursor, "whoever claims it goes on from the cursor")
        #expect(try await pushes.page(of: next, audience: .everyone, app: .default, limit: 5).count == 1)
    }

    func aPageRecordedAgainCountsOnce() async throws {
        let device = try await register("a")
        let push = push(to: .everyone)
        try await pushes.accept(push, lanes: [.webPush], lease: nil)
        var slice = try #require(try await claim(.broadcast, owner).first).slice
        slice.cursor = DeviceCursor(shard: device.shard, device: device)
        var page = record(of: slice, isFinished: false)
        page.counters.accepted = 1
        page.counters.retrying = 1
        page.postponed = [.init(device: device, attempts: 1, dueAt: now)]
        #expect(try await pushes.wrote(page, owner: owner))
        #expect(try await pushes.wrote(page, owner: owner), "it is still ours")
        let counters = try await pushes.status(of: push.id, app: .default)?.total
        #expect(counters?.accepted == 1 && counters?.retrying == 1)

        _ = try await claimRetries(owner, at: now)
        var retries = PageRecord(push: push.id, lane: .webPush, source: .retries, recordedAt: now)
        retries.counters.retrying = -1
        retries.counters.accepted = 1
        retries.settled = [device]
        #expect(try await pushes.wrote(retries, owner: owner))
        _ = try await pushes.wrote(retries, owner: owner)
        #expect(try await pushes.status(of: push.id, app: .default)?.total.accepted == 2)
    }

    /// The device's environment was found out to be the other one between the two pages.
    func aDeviceMetInTwoLanesWaitsOnce() async throws {
        let device = try await register("a", lane: .sandbox)
        let push = push(to: .everyone)
        try await pushes.accept(push, lanes: [.sandbox, .production], lease: nil)
        for lane in [Lane.sandbox, .production] {
            let slice = try #require(try await claim(.broadcast, owner, lane: lane).first).slice
            var page = record(of: slice, isFinished: true)
            page.counters.retrying = 1
            page.postponed = [.init(device: device, attempts: 1, dueAt: now)]
            #expect(try await pushes.wrote(page, owner: owner))
        }
        #expect(try await pushes.status(of: push.id, app: .default)?.total.retrying == 1)
        let claimed = try await pushes.claimRetries(
            Claim(lane: .sandbox, limit: 10, owner: owner, now: now, leaseUntil: now.addingTimeInterval(60)))
        #expect(claimed.retries.map(\.device) == [device])
        var last = PageRecord(push: push.id, lane: .sandbox, source: .retries, recordedAt: now)
        last.counters.retrying = -1
        last.counters.accepted = 1
        last.settled = [device]
        #expect(try await pushes.wrote(last, owner: owner))
        #expect(try await state(of: push) == .done)
    }

    func aReplacedTokenOutlivesAnOlderNo() async throws {
        let device = try await register("a")
        var record = record(of: try await sliceToEveryone(), isFinished: true)
        record.moved = [.init(device: device, token: Token(address: "new", keys: [1]))]
        #expect(try await pushes.wrote(record, owner: owner))
        try await disable(device, asOf: now.addingTimeInterval(-1))
        #expect(try await devices.activeDeviceCount(app: .default) == 1, "that was about the old token")
        try await disable(device, asOf: now.addingTimeInterval(1))
        #expect(try await devices.activeDeviceCount(app: .default) == 0)
    }

    func halfOfASliceCanBeGivenAway() async throws {
        for index in 0..<40 { _ = try await register("a\(index)") }
        let push = push(to: .everyone)
        try await pushes.accept(push, lanes: [.webPush], lease: nil)
        var slice = try #require(try await claim(.broadcast, owner).first).slice
        let half = slice.split()
        let given = try #require(half)
        #expect(try await pushes.wrote(record(of: slice, isFinished: false, given: given), owner: owner))
        #expect(try await pushes.wrote(record(of: slice, isFinished: false, given: given), owner: owner), "its answer was lost")
        let others = try await claim(.broadcast, other)
        #expect(others.count == 1, "it is given once")
        let other = try #require(others.first).slice
        let mine = try await pushes.page(of: slice, audience: .everyone, app: .default, limit: 100)
        let theirs = try await pushes.page(of: other, audience: .everyone, app: .default, limit: 100)
        #expect(mine.count + theirs.count == 40)
        #expect(Set(mine).isDisjoint(with: theirs))
    }

    func aPushIsDoneWhenNothingWaits() async throws {
        let device = try await register("a")
        let push = push(to: Audience(devices: [device]))
        try await pushes.accept(push, lanes: [.webPush], lease: nil)
        let slice = try #require(try await claim(.direct, owner).first).slice
        var first = record(of: slice, isFinished: true)
        first.counters.retrying = 1
        first.postponed = [.init(device: device, attempts: 1, dueAt: now.addingTimeInterval(10))]
        #expect(try await pushes.wrote(first, owner: owner))
        #expect(try await state(of: push) == .sending)

        #expect(try await claimRetries(owner, at: now.addingTimeInterval(9)).isEmpty, "not before it is due")
        #expect(try await pushes.lanesWithRetries(now: now.addingTimeInterval(9)) == [])
        #expect(try await pushes.lanesWithRetries(now: now.addingTimeInterval(10)) == [.webPush])
        let retries = try await claimRetries(owner, at: now.addingTimeInterval(10))
        #expect(retries.map(\.device) == [device])
        #expect(retries.first?.attempts == 1)
        #expect(retries.first?.recipient?.token.address == "a")
        #expect(try await claimRetries(other, at: now.addingTimeInterval(10)).isEmpty, "a retry is held once")

        #expect(try await pushes.lanesWithRetries(now: now.addingTimeInterval(10)) == [], "it is held")

        var second = PageRecord(push: push.id, lane: .webPush, source: .retries, recordedAt: now)
        second.counters.retrying = -1
        second.counters.failed = 1
        second.settled = [device]
        second.failures = [DeliveryFailure(device: device, kind: .failed, reason: "no", at: now)]
        #expect(try await pushes.wrote(second, owner: other) == false, "only who holds the retry may settle it")
        #expect(try await pushes.wrote(second, owner: owner))
        let status = try #require(try await pushes.status(of: push.id, app: .default))
        #expect(status.state == .done && status.progress == 1)
        #expect(status.total.failed == 1 && status.total.total == 1)
        #expect(try await pushes.failures(of: push.id, after: nil, limit: 10).map(\.reason) == ["no"])
    }

    func whatIsStillInTheAirStaysItsOwners() async throws {
        let device = try await register("a")
        let push = push(to: Audience(devices: [device]))
        try await pushes.accept(push, lanes: [.webPush], lease: nil)
        var page = record(of: try #require(try await claim(.direct, owner).first).slice, isFinished: true)
        page.counters.retrying = 1
        page.postponed = [.init(device: device, attempts: 0, dueAt: now, leaseUntil: now.addingTimeInterval(60))]
        #expect(try await pushes.wrote(page, owner: owner))
        #expect(try await claimRetries(other, at: now.addingTimeInterval(59)).isEmpty)
        #expect(try await state(of: push) == .sending)
        var landed = PageRecord(push: push.id, lane: .webPush, source: .retries, recordedAt: now)
        landed.counters.retrying = -1
        landed.counters.accepted = 1
        landed.settled = [device]
        #expect(try await pushes.wrote(landed, owner: owner))
        #expect(try await state(of: push) == .done)
    }

    func aRetryOfADeviceThatIsGoneHasNoRecipient() async throws {
        let device = try await register("a")
        let push = push(to: Audience(devices: [device]))
        try await pushes.accept(push, lanes: [.webPush], lease: nil)
        let slice = try #require(try await claim(.direct, owner).first).slice
        var record = record(of: slice, isFinished: true)
        record.counters.retrying = 1
        record.postponed = [.init(device: device, attempts: 1, dueAt: now)]
        _ = try await pushes.wrote(record, owner: owner)
        _ = try await devices.remove(device, app: .default)
        let retries = try await claimRetries(owner, at: now)
        #expect(retries.count == 1)
        #expect(retries.first?.recipient == nil)
    }

    func aRegistrationOutlivesAnOlderNo() async throws {
        let device = try await register("a", at: now.addingTimeInterval(10))
        try await disable(device, asOf: now.addingTimeInterval(9))
        #expect(try await devices.activeDeviceCount(app: .default) == 1)
        try await disable(device, asOf: now.addingTimeInterval(11))
        #expect(try await devices.activeDeviceCount(app: .default) == 0)
    }

    func aReplacedTokenIsUsedFromThenOn() async throws {
        let device = try await register("a")
        let slice = try await sliceToEveryone()
        var record = record(of: slice, isFinished: true)
        record.moved = [.init(device: device, token: Token(address: "new", keys: [1]))]
        #expect(try await pushes.wrote(record, owner: owner))
        #expect(try await devices.device(device, app: .default)?.token == Token(address: "new", keys: [1]))
        #expect(try await devices.device(address: "new", provider: .webPush, app: .default)?.id == device)
    }

    func anEnvironmentThatWasFoundOutIsKept() async throws {
        let device = try await register("a", lane: .production)
        let slice = try await sliceToEveryone()
        var record = record(of: slice, isFinished: true)
        record.moved = [.init(device: device, token: Token(address: "a", environment: .sandbox))]
        #expect(try await pushes.wrote(record, owner: owner))
        func environment() async throws -> ProviderEnvironment? {
            try await devices.device(device, app: .default)?.token.environment
        }
        #expect(try await environment() == .sandbox)
        for isGuessed in [true, false] {
            _ = try await devices.register(
                DeviceRegistration(
                    app: .default, provider: .apns, token: Token(address: "a", environment: .production),
                    isEnvironmentGuessed: isGuessed),
                newID: DeviceID(rawValue: "unused"), now: now)
            #expect(try await environment() == (isGuessed ? .sandbox : .production))
        }
    }

    // MARK: Words

    private func registration(
        _ address: String, _ lane: Lane, user: String?, topics: [String]?
    ) -> DeviceRegistration {
        DeviceRegistration(
            app: lane.app, provider: lane.provider,
            token: Token(address: address, keys: [7], environment: lane.environment), user: user, topics: topics)
    }

    private func register(
        _ address: String, lane: Lane = .webPush, user: String? = nil, topics: [String]? = nil, at moment: Date? = nil
    ) async throws -> DeviceID {
        var random = SystemRandomNumberGenerator()
        return try await devices.register(
            registration(address, lane, user: user, topics: topics), newID: DeviceID(now: now, random: &random),
            now: moment ?? now
        ).device.id
    }

    private func push(to audience: Audience, collapseKey: String? = nil) -> Push {
        var random = SystemRandomNumberGenerator()
        return Push(
            id: PushID(now: now, random: &random), app: .default, audience: audience,
            notification: Notification(title: "t", data: .object(["some_key": .integer(1), "otherKey": .null])),
            policy: PushPolicy(ttl: TTL(seconds: 3600), urgency: .high, collapseKey: collapseKey), createdAt: now)
    }

    private func claim(
        _ kind: SliceKind, _ owner: LeaseOwner, at moment: Date? = nil, lane: Lane = .webPush
    ) async throws -> [ClaimedSlice] {
        let moment = moment ?? now
        return try await pushes.claimSlices(
            kind, Claim(lane: lane, limit: 10, owner: owner, now: moment, leaseUntil: moment.addingTimeInterval(60)))
    }

    private func claimRetries(_ owner: LeaseOwner, at moment: Date) async throws -> [Retry] {
        try await pushes.claimRetries(
            Claim(
                lane: .webPush, limit: 10, owner: owner, now: moment, leaseUntil: moment.addingTimeInterval(60))).retries
    }

    private func record(
        of slice: Slice, isFinished: Bool, given: ShardRange? = nil, isReleased: Bool = false
    ) -> PageRecord {
        PageRecord(
            push: slice.push, lane: slice.lane,
            source: .slice(slice, isFinished: isFinished, given: given, release: isReleased ? .until(nil) : .kept),
            recordedAt: now)
    }

    private func sliceToEveryone() async throws -> Slice {
        try await pushes.accept(push(to: .everyone), lanes: [.webPush], lease: nil)
        return try #require(try await claim(.broadcast, owner).first).slice
    }

    private func disable(_ device: DeviceID, asOf: Date) async throws {
        var record = record(of: try await sliceToEveryone(), isFinished: true)
        record.dead = [.init(device: device, asOf: asOf)]
        #expect(try await pushes.wrote(record, owner: owner))
    }

    private func state(of push: Push) async throws -> PushStatus.State? {
        try await pushes.status(of: push.id, app: .default)?.state
    }

    private func walk(_ audience: Audience, pageSize: Int = 100) async throws -> [DeviceID] {
        var slice = Slice(
            id: 0, push: PushID(rawValue: "x"), lane: .webPush, range: .all, cursor: nil)
        var walked: [DeviceID] = []
        while true {
            let page = try await pushes.page(of: slice, audience: audience, app: .default, limit: pageSize)
            walked += page.map(\.device)
            guard page.count == pageSize, let last = page.last?.device else { return walked }
            slice.cursor = DeviceCursor(shard: last.shard, device: last)
        }
    }
}

extension Lane {
    fileprivate static let webPush = Lane(app: .default, provider: .webPush)
    fileprivate static let production = Lane(app: .default, provider: .apns, environment: .production)
    fileprivate static let sandbox = Lane(app: .default, provider: .apns, environment: .sandbox)
}
