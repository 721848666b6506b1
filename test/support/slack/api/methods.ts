import type { SocketMode } from '../events/socket-mode.ts'
import { authTest, connectionsOpen } from './auth.ts'
import { chatDelete, chatGetPermalink, chatPostEphemeral, chatPostMessage, chatUpdate } from './chat.ts'
import {
  conversationsInfo,
  conversationsJoin,
  conversationsList,
  conversationsMembers,
  conversationsOpen,
  usersConversations,
} from './conversations.ts'
import { filesCompleteUploadExternal, filesGetUploadURLExternal, filesInfo } from './files.ts'
import { conversationsHistory, conversationsReplies } from './history.ts'
import type { Method } from './method.ts'
import { reactionsAdd, reactionsRemove } from './reactions.ts'
import { botsInfo, usersInfo, usersList, usersLookupByEmail } from './users.ts'
import { viewsOpen, viewsPublish, viewsPush, viewsUpdate } from './views.ts'

/** Every method of the Web API that this fake has, for an app's own tokens. */
export function createMethods(sockets: SocketMode): Record<string, Method> {
  return {
    'apps.connections.open': connectionsOpen(sockets),
    'auth.test': authTest,
    'bots.info': botsInfo,
    'chat.delete': chatDelete,
    'chat.getPermalink': chatGetPermalink,
    'chat.postEphemeral': chatPostEphemeral,
    'chat.postMessage': chatPostMessage,
    'chat.update': chatUpdate,
    'conversations.history': conversationsHistory,
    'conversations.info': conversationsInfo,
    'conversations.join': conversationsJoin,
    'conversations.list': conversationsList,
    'conversations.members': conversationsMembers,
    'conversations.open': conversationsOpen,
    'conversations.replies': conversationsReplies,
    'files.completeUploadExternal': filesCompleteUploadExternal,
    'files.getUploadURLExternal': filesGetUploadURLExternal,
    'files.info': filesInfo,
    'reactions.add': reactionsAdd,
    'reactions.remove': reactionsRemove,
    'users.conversations': usersConversations,
    'users.info': usersInfo,
    'users.list': usersList,
    'users.lookupByEmail': usersLookupByEmail,
    'views.open': viewsOpen,
    'views.publish': viewsPublish,
    'views.push': viewsPush,
    'views.update': viewsUpdate,
  }
}
