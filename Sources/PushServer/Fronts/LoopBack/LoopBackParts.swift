import Logging
import PushProviders
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the front is made of: the core's ports.
struct LoopBackParts: Sendable {
    let records: any RecordStore
    let apps: SQLAppStore
    let devices: any DeviceStore
    let intake: PushIntake
    let vault: CredentialVault
    let endpointPolicy: EndpointPolicy
    let readiness: Readiness
    let logger: Logger
    let now: @Sendable () -> Date

    /// Names for new records, and for the devices that they may be.
    let ids: LoopBackIDs
}
