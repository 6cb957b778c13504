import ArgumentParser
import Foundation

/// A credential as a file holds it: the API's own object, or what a provider's console lets one download.
enum CredentialFile {
    /// - Returns: the body for the API.
    static func body(of file: Data, provider: String) throws -> Data {
        guard let object = try? JSONDecoder().decode([String: Member].self, from: file) else {
            throw ValidationError("The file is not a JSON object; docs/credentials.md says what it holds.")
        }
        // Firebase's and Huawei's service accounts, as downloaded.
        let isDownload = object["credentials"] == nil && object["service_account"] == nil && object["private_key"] != nil
        guard isDownload, provider == "fcm" && object["client_email"] != nil || provider == "hms" && object["sub_account"] != nil
        else { return file }
        return Data(#"{"service_account":"#.utf8) + file + Data("}".utf8)
    }

    /// Any JSON; only its being there counts.
    private struct Member: Decodable {
        init(from decoder: any Decoder) {}
    }
}
