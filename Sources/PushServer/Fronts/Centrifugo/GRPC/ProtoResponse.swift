import CentrifugoAPI
import SwiftProtobuf

/// What a call is answered with: a result or an error.
protocol ProtoResponse: Message {
    associatedtype Outcome: Message
    var error: ProtoError { get set }
    var result: Outcome { get set }
}

extension ProtoInfoResponse: ProtoResponse {}
extension ProtoDeviceRegisterResponse: ProtoResponse {}
extension ProtoDeviceUpdateResponse: ProtoResponse {}
extension ProtoDeviceRemoveResponse: ProtoResponse {}
extension ProtoDeviceListResponse: ProtoResponse {}
extension ProtoDeviceTopicListResponse: ProtoResponse {}
extension ProtoDeviceTopicUpdateResponse: ProtoResponse {}
extension ProtoUserTopicListResponse: ProtoResponse {}
extension ProtoUserTopicUpdateResponse: ProtoResponse {}
extension ProtoSendPushNotificationResponse: ProtoResponse {}
extension ProtoUpdatePushStatusResponse: ProtoResponse {}
extension ProtoCancelPushResponse: ProtoResponse {}
