/** Something that is to happen to a task at a moment. Its id begins with the task's key and a dot. */
export interface TaskTimer {
  id: string
  key: string
  due: Date
  kind: string
}
