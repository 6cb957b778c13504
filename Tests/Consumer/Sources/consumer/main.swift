import WebPush

let key = UserAgentKey()
let sealed = try MessageEncryption.seal(Array("sealed and opened".utf8), for: key.keys)
print(String(decoding: try MessageEncryption.open(sealed, with: key), as: UTF8.self))
